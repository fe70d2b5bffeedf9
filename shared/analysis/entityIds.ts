import type { CallId, ConnectionId, EntityId } from '../model/entity.ts';

/** What an `EntityId` stands for. */
export type EntityKey =
  | {
      readonly kind: 'service';
      readonly connectionId: ConnectionId;
      readonly namespace: string;
      readonly name: string;
    }
  | { readonly kind: 'external'; readonly connectionId: ConnectionId; readonly host: string }
  | { readonly kind: 'unknown'; readonly connectionId: ConnectionId };

const EXTERNAL = 'external';
const UNKNOWN = 'unknown';
const ARROW = '→';

/** The id of a service, gateway or workload of a namespace. */
export function serviceId(connectionId: ConnectionId, namespace: string, name: string): EntityId {
  // A namespace may itself be called "external": its first letter is then escaped, which decodes to the same name.
  const space = namespace === EXTERNAL ? '%65xternal' : escapePart(namespace);
  return `${escapePart(connectionId)}/${space}/${escapePart(name)}`;
}

/** The id of something outside, named by its host. */
export function externalId(connectionId: ConnectionId, host: string): EntityId {
  return `${escapePart(connectionId)}/${EXTERNAL}/${escapePart(host)}`;
}

/** The id of the callers no source can name. */
export function unknownId(connectionId: ConnectionId): EntityId {
  return `${escapePart(connectionId)}/${UNKNOWN}`;
}

/** The id of the calls from one entity to another. */
export function callId(callerId: EntityId, calleeId: EntityId): CallId {
  return `${callerId}${ARROW}${calleeId}`;
}

/** Reads an entity id back; null when it is none of ours. */
export function parseEntityId(id: EntityId): EntityKey | null {
  const parts = id.split('/');
  const connectionId = unescapePart(parts[0]);
  if (connectionId === null || connectionId === '') return null;
  if (parts.length === 2 && parts[1] === UNKNOWN) return { kind: 'unknown', connectionId };
  if (parts.length !== 3) return null;
  const name = unescapePart(parts[2]);
  const namespace = unescapePart(parts[1]);
  if (name === null || namespace === null) return null;
  if (parts[1] === EXTERNAL) return { kind: 'external', connectionId, host: name };
  return { kind: 'service', connectionId, namespace, name };
}

/** Reads a call id back into its two ends; null when it is none of ours. */
export function parseCallId(id: CallId): { readonly callerId: EntityId; readonly calleeId: EntityId } | null {
  const ends = id.split(ARROW);
  const [callerId, calleeId] = ends;
  if (ends.length !== 2 || !callerId || !calleeId) return null;
  return { callerId, calleeId };
}

/** Metric labels may hold anything, a lone surrogate too, on which encodeURIComponent would throw. */
function escapePart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function unescapePart(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

import type { CallId, ConnectionId, EntityId } from '../model/entity.ts';
import type { Face, GraphCall, GraphService } from '../model/graph.ts';
import type { CallSignals, Health, ServiceSignals } from '../model/signals.ts';
import { callId, parseCallId } from './entityIds.ts';
import type { FaceIndex } from './faces.ts';
import type { GraphPicture, SignalsPicture } from './graphDiff.ts';
import { worstHealth } from './health.ts';

/** How a connection is named before what it says: "Consul dc1". */
type SystemOf = (connectionId: ConnectionId) => string;

/** The map with each service once, however many systems know it, and each call once. */
export function mergeGraph(picture: GraphPicture, index: FaceIndex, systemOf: SystemOf): GraphPicture {
  if (!index.joinsAny) return picture;
  const byId = new Map(picture.services.map((service) => [service.id, service]));
  const services = picture.services
    .filter(({ id }) => index.primaryOf(id) === id)
    .map((service) => withFaces(service, index, byId, systemOf));
  const calls = new Map<CallId, GraphCall>();
  for (const call of picture.calls) {
    const mapped = mapCall(call.id, index);
    if (mapped === null) continue;
    const before = calls.get(mapped.id);
    calls.set(mapped.id, before === undefined ? { ...call, ...mapped } : bothCalls(before, call));
  }
  return { services, calls: [...calls.values()], problems: picture.problems };
}

/**
 * Figures by node and call of the merged map. Of several faces the first that has figures gives them, for others may count
 * the same requests; health is the worst that any face knows, and what another than the first says bears its name.
 */
export function mergeSignals(
  picture: SignalsPicture,
  index: FaceIndex,
  systemOfFace: (id: EntityId) => string,
): SignalsPicture {
  if (!index.joinsAny) return picture;
  const { services, calls } = picture;
  const merged = new Map<EntityId, ServiceSignals>();
  for (const [id, signals] of services) {
    const faces = index.facesOf(id);
    // The system that the node goes by may have no figures at all where another has.
    const node = faces[0]?.serviceId ?? id;
    if (merged.has(node)) continue;
    merged.set(node, faces.length === 1 ? signals : (ofFaces(faces, services, systemOfFace) ?? signals));
  }
  const byCall = new Map<CallId, CallSignals>();
  for (const [id, signals] of calls) {
    const mapped = mapCall(id, index);
    if (mapped === null) continue;
    const before = byCall.get(mapped.id);
    if (before === undefined || before.requestsPerSecond === null) byCall.set(mapped.id, signals);
  }
  return { services: merged, calls: byCall };
}

function withFaces(
  service: GraphService,
  index: FaceIndex,
  byId: ReadonlyMap<EntityId, GraphService>,
  systemOf: SystemOf,
): GraphService {
  const joined = index.facesOf(service.id);
  if (joined.length === 1) return service;
  const members = joined.flatMap(({ serviceId, reason }) => {
    const member = byId.get(serviceId);
    return member === undefined ? [] : [{ member, reason }];
  });
  const all = members.map(({ member }) => member);
  const faces = members.map(({ member, reason }): Face => ({
    serviceId: member.id,
    connectionId: member.connectionId,
    system: systemOf(member.connectionId),
    name: member.name,
    namespace: member.namespace,
    hosts: member.hosts,
    readyInstances: member.readyInstances,
    desiredInstances: member.desiredInstances,
    versions: member.versions.map(({ version }) => version),
    reason,
  }));
  return {
    ...service,
    owner: all.find(({ owner }) => owner !== null)?.owner ?? null,
    hosts: [...new Set(all.flatMap(({ hosts }) => hosts))],
    versions: all.find(({ versions }) => versions.length > 0)?.versions ?? [],
    readyInstances: all.find((one) => one.readyInstances !== null)?.readyInstances ?? null,
    desiredInstances: all.find((one) => one.desiredInstances !== null)?.desiredInstances ?? null,
    faces,
  };
}

/** A call's ends on the merged map; null for a call between two faces of one service that is none of its own. */
export function mapCall(
  id: CallId,
  index: FaceIndex,
): Pick<GraphCall, 'id' | 'callerId' | 'calleeId'> | null {
  const ends = parseCallId(id);
  if (ends === null) return null;
  const callerId = index.primaryOf(ends.callerId);
  const calleeId = index.primaryOf(ends.calleeId);
  if (callerId === calleeId && ends.callerId !== ends.calleeId) return null;
  return { id: callId(callerId, calleeId), callerId, calleeId };
}

function bothCalls(one: GraphCall, other: GraphCall): GraphCall {
  const { unseen, ...seen } = one;
  const declared = [...new Set([one.declared, other.declared].filter((text) => text !== undefined))];
  return {
    ...seen,
    protocols: [...new Set([...one.protocols, ...other.protocols])].sort(),
    asynchronous: one.asynchronous && other.asynchronous,
    ...(declared.length === 0 ? {} : { declared: declared.join('; ') }),
    ...(unseen === true && other.unseen === true ? { unseen } : {}),
  };
}

function ofFaces(
  faces: ReturnType<FaceIndex['facesOf']>,
  services: ReadonlyMap<EntityId, ServiceSignals>,
  systemOfFace: (id: EntityId) => string,
): ServiceSignals | null {
  const said = faces.flatMap(({ serviceId }) => {
    const signals = services.get(serviceId);
    return signals === undefined ? [] : [{ serviceId, signals }];
  });
  const counting = said.find(({ signals }) => signals.requestsPerSecond !== null) ?? said[0];
  if (counting === undefined) return null;
  return {
    ...counting.signals,
    health: worstKnown(said.map(({ signals }) => signals.health)),
    reasons: said.flatMap(({ serviceId, signals }) =>
      serviceId === faces[0]?.serviceId
        ? signals.reasons
        : signals.reasons.map((reason) => `${systemOfFace(serviceId)}: ${reason}`),
    ),
  };
}

/** What one system cannot tell is no worse than what another does. */
export function worstKnown(healths: readonly Health[]): Health {
  const known = healths.filter((health) => health !== 'unknown');
  return known.length === 0 ? 'unknown' : worstHealth(known);
}

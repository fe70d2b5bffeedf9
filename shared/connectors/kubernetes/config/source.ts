import { stringify } from 'yaml';
import type { ConfigVersion } from '../../../model/config.ts';
import type { DocumentRef } from '../../../model/entity.ts';
import type { ConfigSource } from '../../kit/connector.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Seen } from '../../kube/documents/seen.ts';
import { writersOf } from '../../kube/documents/wholeText.ts';
import type { Kinds } from '../../kube/kinds.ts';
import { mapAt } from '../../kube/objects.ts';
import { secrets } from '../../kube/resources.ts';
import { isWorkloadKind } from '../workloads/kinds.ts';
import { changeCause, readRevisions } from '../workloads/revisions.ts';
import { readConfiguration } from './documents.ts';
import { searchConfiguration } from './search.ts';

/** What configures services; nothing is watched, and no value of a Secret is kept. */
export function createConfigSource(
  client: KubeClient,
  connectionId: string,
  kinds: Kinds,
  seen: Seen,
): ConfigSource {
  return {
    read: (service, signal) => readConfiguration(client, connectionId, seen, service, signal),
    reveal: (document, key, signal) => reveal(client, document, key, signal),
    search: (query, signal) => searchConfiguration(client, connectionId, query, signal),
    history: (document, signal) => readHistory(client, kinds, document, signal),
  };
}

async function reveal(
  client: KubeClient,
  { kind, namespace, name }: DocumentRef,
  key: string,
  signal: AbortSignal,
): Promise<string> {
  if (kind !== 'Secret') throw new PeerError('refused', `A ${kind} hides nothing: its values are shown.`);
  const secret = await client.object(secrets, namespace, name, signal);
  const value = mapAt(secret, 'data').get(key);
  if (value === undefined) throw new PeerError('notFound', `Secret ${name} has no key ${key}.`);
  const bytes = Buffer.from(value, 'base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new PeerError('refused', `${key} holds ${bytes.length} bytes that are not text.`);
  }
}

async function readHistory(
  client: KubeClient,
  kinds: Kinds,
  document: DocumentRef,
  signal: AbortSignal,
): Promise<readonly ConfigVersion[]> {
  const { namespace, name, kind } = document;
  const object = await client.object(await kinds.resourceOf(document), namespace, name, signal);
  const writes = writersOf(object).map(({ who, at, fields }): ConfigVersion => ({
    at,
    who,
    source: 'managedFields',
    operationId: null,
    note: sayFields(fields),
    yaml: null,
  }));
  if (!isWorkloadKind(kind)) return writes;
  const recorded = (await readRevisions(client, object, signal)) ?? [];
  const by = kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision';
  const versions = recorded.map((one): ConfigVersion => ({
    at: one.at,
    who: one.cause ?? 'someone whom Kubernetes does not name',
    source: `${by} ${one.name}, revision ${one.revision}`,
    operationId: null,
    note:
      one.cause === null
        ? `a ${by} keeps the template and when it was first made; ${changeCause} was not written`
        : `as ${changeCause} says`,
    yaml: stringify({ spec: { template: one.template } }, { lineWidth: 0, aliasDuplicateObjects: false }),
  }));
  return [...writes, ...versions].sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
}

const mostFields = 5;

/** Kubernetes keeps which fields are somebody's, not what they were: "of what it set, this still stands: data.LIMIT". */
function sayFields(fields: readonly string[]): string {
  if (fields.length === 0) return 'which fields it set is not kept';
  const more = fields.length - mostFields;
  const named = fields.slice(0, mostFields).join(', ');
  return `of what it set, this still stands: ${named}${more > 0 ? ` and ${more} more` : ''}; what was there before is not kept`;
}

import type { ConfigHit } from '../../../model/config.ts';
import { sayError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { refOf } from '../../kube/documents/change.ts';
import { type KubeObject, namespaceOf } from '../../kube/objects.ts';
import { configMaps, type Resource, secrets, services } from '../../kube/resources.ts';
import { servicesSelecting } from '../workloads/find.ts';
import { workloadResources } from '../workloads/kinds.ts';
import { entriesOfConfigMap, entriesOfEnvironment } from './entries.ts';
import { referencesOf } from './references.ts';

/** What was found, and what was not looked through. */
export interface Found {
  readonly hits: readonly ConfigHit[];
  readonly problems: readonly string[];
}

const mostHits = 500;
const mostDocuments = 5_000;
const longestLine = 300;

/**
 * Looks for a text in keys and values of all ConfigMaps in scope, in the environment of workloads, and in names of Secrets
 * and the keys that workloads name of them: to list a Secret's own keys, the server would send its values.
 */
export async function searchConfiguration(
  client: KubeClient,
  connectionId: string,
  query: string,
  signal: AbortSignal,
): Promise<Found> {
  const wanted = query.toLowerCase();
  const problems: string[] = [];
  const hits: ConfigHit[] = [];
  const add = (hit: ConfigHit): void => {
    if (hits.length < mostHits) hits.push(hit);
    else if (!problems.includes(truncated)) problems.push(truncated);
  };
  const scopes = client.namespaces ?? [null];

  async function each(
    of: Resource,
    metadataOnly: boolean,
    look: (object: KubeObject) => void,
  ): Promise<void> {
    for (const namespace of scopes) {
      let looked = 0;
      try {
        for await (const page of client.pages(of, namespace, { limit: 100, metadataOnly }, signal)) {
          page.forEach(look);
          looked += page.length;
          if (looked < mostDocuments) continue;
          problems.push(`Only the first ${looked} ${of.plural} were searched.`);
          break;
        }
      } catch (error) {
        signal.throwIfAborted();
        problems.push(sayError(error, `Searching ${of.plural}`));
      }
    }
  }

  const selecting: KubeObject[] = [];
  const workloads: KubeObject[] = [];
  await Promise.all([
    each(services, false, (one) => void selecting.push(one)),
    ...Object.values(workloadResources).map((of) => each(of, false, (one) => void workloads.push(one))),
  ]);
  const readers = new Map<string, Set<string>>();
  for (const workload of workloads) {
    const behind = servicesSelecting(selecting, workload);
    for (const { kind, name } of referencesOf(workload)) {
      const key = `${kind} ${namespaceOf(workload)}/${name}`;
      readers.set(key, new Set([...(readers.get(key) ?? []), ...behind]));
    }
    for (const { key, value } of entriesOfEnvironment(workload))
      if (matches(wanted, key) || matches(wanted, value ?? ''))
        add({
          document: refOf(connectionId, workload),
          key,
          line: lineOf(value ?? '', wanted),
          services: [...behind],
        });
  }
  const servicesOf = (kind: string, object: KubeObject): string[] => [
    ...(readers.get(`${kind} ${namespaceOf(object)}/${object.metadata.name}`) ?? []),
  ];
  await each(configMaps, false, (map) => {
    for (const { key, value } of entriesOfConfigMap(map))
      if (matches(wanted, key) || (value !== null && matches(wanted, value)))
        add({
          document: refOf(connectionId, map),
          key,
          line: value === null ? null : lineOf(value, wanted),
          services: servicesOf('ConfigMap', map),
        });
  });
  const keysNamed = secretKeys(workloads);
  await each(secrets, true, (partial) => {
    const secret: KubeObject = { ...partial, apiVersion: 'v1', kind: 'Secret' };
    const { name } = secret.metadata;
    const named = [...(keysNamed.get(`${namespaceOf(secret)}/${name}`) ?? [])];
    const keys = named.filter((key) => matches(wanted, key));
    for (const key of matches(wanted, name) && keys.length === 0 ? [''] : keys)
      add({ document: refOf(connectionId, secret), key, line: null, services: servicesOf('Secret', secret) });
  });
  problems.push('Of Secrets only names, and keys that a workload names, were searched.');
  return { hits, problems };
}

const truncated = `More than ${mostHits} matches: only the first are shown.`;

const matches = (wanted: string, text: string): boolean => text.toLowerCase().includes(wanted);

/** The line that matches, or the first where only the key does. */
function lineOf(value: string, wanted: string): string {
  const lines = value.split('\n');
  const line = lines.find((one) => matches(wanted, one)) ?? lines[0] ?? '';
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}

/** Keys of Secrets that templates name: `namespace/name` → keys. */
function secretKeys(workloads: readonly KubeObject[]): ReadonlyMap<string, ReadonlySet<string>> {
  const keys = new Map<string, Set<string>>();
  for (const workload of workloads)
    for (const { kind, name, keys: named } of referencesOf(workload)) {
      if (kind !== 'Secret' || named === null) continue;
      const key = `${namespaceOf(workload)}/${name}`;
      keys.set(key, new Set([...(keys.get(key) ?? []), ...named]));
    }
  return keys;
}

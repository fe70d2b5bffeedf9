import type { ConfigEntry } from '../../../model/config.ts';
import type { EditDocument } from '../../../model/operation.ts';
import { PeerError } from '../../kit/peerError.ts';
import { at, type KubeObject, listAt, mapAt, textAt } from '../../kube/objects.ts';
import { isWorkloadKind } from '../workloads/kinds.ts';
import { mapOf, withSpec } from '../workloads/template.ts';

type EntriesEdit = Extract<EditDocument['edit'], { kind: 'entries' }>;

/** The keys of a ConfigMap with their values; bytes are told by their number only. */
export function entriesOfConfigMap(map: KubeObject): ConfigEntry[] {
  return [
    ...[...mapAt(map, 'data')].map(([key, value]) => ({
      key,
      value,
      bytes: Buffer.byteLength(value),
      binary: false,
    })),
    ...[...mapAt(map, 'binaryData')].map(([key, value]) => ({
      key,
      value: null,
      bytes: bytesOf(value),
      binary: true,
    })),
  ];
}

/** The keys of a Secret; its values stay where they were read. */
export const entriesOfSecret = (secret: KubeObject): ConfigEntry[] =>
  [...mapAt(secret, 'data')].map(([key, value]) => ({
    key,
    value: null,
    bytes: bytesOf(value),
    binary: false,
  }));

const bytesOf = (base64: string): number => Buffer.from(base64, 'base64').length;

/** The variables that a workload's template says itself, not those it takes from ConfigMaps, Secrets or the pod. */
export function entriesOfEnvironment(workload: KubeObject): ConfigEntry[] {
  const containers = containersOf(workload);
  return containers.flatMap((container) =>
    listAt(container, 'env').flatMap((one): ConfigEntry[] => {
      const name = textAt(one, 'name');
      if (name === null || at(one, 'valueFrom') !== undefined) return [];
      const value = textAt(one, 'value') ?? '';
      return [
        { key: keyOf(containers, container, name), value, bytes: Buffer.byteLength(value), binary: false },
      ];
    }),
  );
}

const containersOf = (workload: KubeObject): readonly unknown[] =>
  listAt(workload, 'spec', 'template', 'spec', 'containers');

/** The container is named only where there are several. */
const keyOf = (containers: readonly unknown[], container: unknown, name: string): string =>
  containers.length === 1 ? name : `${textAt(container, 'name') ?? ''}/${name}`;

/** The document with keys set and removed. Throws `PeerError` for what is no document of keys, and for keys that are none. */
export function withEntries(document: KubeObject, edit: EntriesEdit): KubeObject {
  if (isWorkloadKind(document.kind)) return withEnvironment(document, edit);
  if (document.kind !== 'ConfigMap' && document.kind !== 'Secret')
    throw new PeerError('refused', `A ${document.kind} has no keys and values; edit its text.`);
  const isSecret = document.kind === 'Secret';
  const binary = new Map(Object.entries(mapOf(document['binaryData'])));
  const data = new Map(Object.entries(mapOf(document['data'])));
  for (const key of edit.remove) if (!data.delete(key) && !binary.delete(key)) throw missing(document, key);
  for (const { key, value } of edit.set) {
    // As the API server: it answers with the pattern only.
    if (!/^[-._a-zA-Z0-9]+$/.test(key))
      throw new PeerError('refused', `“${key}” is no key: only letters, digits, “-”, “_” and “.” are.`);
    if (binary.has(key))
      throw new PeerError('refused', `${key} holds bytes that are not text; it cannot be edited here.`);
    data.set(key, isSecret ? Buffer.from(value, 'utf8').toString('base64') : value);
  }
  return {
    ...without(document, ['data', 'binaryData']),
    ...(data.size === 0 ? {} : { data: Object.fromEntries(data) }),
    ...(binary.size === 0 ? {} : { binaryData: Object.fromEntries(binary) }),
  };
}

function withEnvironment(workload: KubeObject, edit: EntriesEdit): KubeObject {
  const containers = containersOf(workload);
  const changed = containers.map((container) => {
    const env = [...listAt(container, 'env')];
    const find = (key: string) =>
      env.findIndex((one) => keyOf(containers, container, textAt(one, 'name') ?? '') === key);
    for (const key of edit.remove) if (find(key) >= 0) env.splice(find(key), 1);
    for (const { key, value } of edit.set) {
      const place = find(key);
      if (place >= 0) {
        if (at(env[place], 'valueFrom') !== undefined)
          throw new PeerError(
            'refused',
            `${key} takes its value from elsewhere; change it there, or edit the text.`,
          );
        env[place] = { ...mapOf(env[place]), value };
      } else if (belongs(containers, container, key)) env.push({ name: nameIn(containers, key), value });
    }
    return env.length === 0 ? without(mapOf(container), ['env']) : { ...mapOf(container), env };
  });
  const known = new Set(
    containers.flatMap((one) =>
      listAt(one, 'env').map((each) => keyOf(containers, one, textAt(each, 'name') ?? '')),
    ),
  );
  for (const key of edit.remove) if (!known.has(key)) throw missing(workload, key);
  for (const { key } of edit.set)
    if (!containers.some((one) => belongs(containers, one, key)))
      throw new PeerError(
        'refused',
        `“${key}” names no container of ${workload.metadata.name}: write container/NAME.`,
      );
  const template = mapOf(at(workload, 'spec', 'template'));
  const spec = mapOf(template['spec']);
  return withSpec(workload, { template: { ...template, spec: { ...spec, containers: changed } } });
}

const belongs = (containers: readonly unknown[], container: unknown, key: string): boolean =>
  containers.length === 1 || key.startsWith(`${textAt(container, 'name') ?? ''}/`);

const nameIn = (containers: readonly unknown[], key: string): string =>
  containers.length === 1 ? key : key.slice(key.indexOf('/') + 1);

const missing = ({ kind, metadata }: KubeObject, key: string): PeerError =>
  new PeerError('refused', `${kind} ${metadata.name} has no key ${key} to remove.`);

function without<T extends object>(from: T, keys: readonly string[]): T {
  // The type stays true: only optional fields are left out.
  return Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key))) as T;
}

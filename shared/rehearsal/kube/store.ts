import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { claimFields, type ManagedFields } from './fieldOwnership.ts';
import { type Resource, resourceNamed, resourceOf, storedApiVersion } from './resources.ts';

/** `metadata` as a server gives it back. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  /** A number that only grows; clients must take it as opaque. */
  readonly resourceVersion: string;
  readonly generation?: number;
  /** RFC 3339, whole seconds. */
  readonly creationTimestamp: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly ManagedFields[];
  readonly [field: string]: unknown;
}

/** An object as it is kept and served; never changed in place. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** An object on its way in: a name is enough, the store adds the rest. */
export interface KubeInput {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** One change; `object` of a DELETED one carries the revision of the deletion. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: string;
  readonly object: KubeObject;
  /** What was there before; absent for ADDED. */
  readonly previous?: KubeObject;
}

/** In whose name something is written; the cluster's own controllers when nothing is said. */
export interface WriteOptions {
  readonly manager?: string;
  /** Under which served version the writer wrote. */
  readonly apiVersion?: string;
  readonly subresource?: 'status';
}

/** The rehearsal cluster's objects. Synchronous, so that a read and the write that follows it cannot be torn apart. */
export interface ObjectStore {
  /** Sorted by namespace, then name. `resource` is the plural name. */
  list(resource: string, namespace?: string): readonly KubeObject[];
  get(resource: string, namespace: string | null, name: string): KubeObject | undefined;
  /** Creates or replaces; a write that changes nothing makes no revision and no event. */
  put(object: KubeInput, options?: WriteOptions): KubeObject;
  /** What `put` would store, with the present revision and nothing kept. */
  preview(object: KubeInput, options?: WriteOptions): KubeObject;
  remove(resource: string, namespace: string | null, name: string): void;
  subscribe(listener: (event: StoreEvent) => void): () => void;
  /** The newest revision of any object. */
  revision(): number;
  /** The changes after `revision`, oldest first; `expired` when history no longer reaches back that far. */
  since(revision: number, resource?: string): readonly StoreEvent[] | 'expired';
  /** The objects as they were at `revision`. */
  listAt(revision: number, resource: string, namespace?: string): readonly KubeObject[] | 'expired';
  /** Forgets all history, as etcd does when it compacts. */
  compact(): void;
  /** What `restore` goes back to. */
  snapshot(): Snapshot;
  /** Goes back, revisions included, without a word to anybody: what a restored etcd is to those who watched. */
  restore(snapshot: Snapshot): void;
}

/** All objects at one revision. */
export interface Snapshot {
  readonly revision: number;
  readonly objects: ReadonlyMap<string, ReadonlyMap<string, KubeObject>>;
}

/** An empty store; `history` is how many changes it remembers for watches and pages. */
export function createObjectStore(
  options: { readonly now?: () => number; readonly history?: number; readonly firstRevision?: number } = {},
): ObjectStore {
  const now = options.now ?? Date.now;
  const longest = options.history ?? 10_000;
  const objects = new Map<string, Map<string, KubeObject>>();
  const listeners = new Set<(event: StoreEvent) => void>();
  let log: StoreEvent[] = [];
  let revision = options.firstRevision ?? 1000;
  let oldest = revision;

  const mapOf = (plural: string): Map<string, KubeObject> => {
    const found = objects.get(plural);
    if (found !== undefined) return found;
    const fresh = new Map<string, KubeObject>();
    objects.set(resourceNamed(plural).plural, fresh);
    return fresh;
  };

  const record = (event: StoreEvent): void => {
    log.push(event);
    // Trimmed in bulk, so that a busy store does not copy its history at every write.
    if (log.length > longest * 1.25) {
      const dropped = log.splice(0, log.length - longest);
      oldest = revisionOf(dropped[dropped.length - 1]?.object) ?? oldest;
    }
    for (const listener of [...listeners]) listener(event);
  };

  const prepare = (
    input: KubeInput,
    how: WriteOptions,
  ): { resource: Resource; next: KubeObject; current?: KubeObject } => {
    const resource = resourceOf(input.apiVersion, input.kind);
    if (resource === undefined) throw new Error(`no ${input.kind} of ${input.apiVersion} is served here`);
    if (resource.namespaced !== (input.metadata.namespace !== undefined)) {
      throw new Error(
        `${input.kind} "${input.metadata.name}" ${resource.namespaced ? 'needs a' : 'takes no'} namespace`,
      );
    }
    const current = mapOf(resource.plural).get(keyOf(input.metadata.namespace ?? null, input.metadata.name));
    const next = complete(resource, input, current, how, now());
    return current === undefined ? { resource, next } : { resource, next, current };
  };

  const listOf = (all: Iterable<KubeObject>, namespace?: string): KubeObject[] =>
    [...all]
      .filter((object) => namespace === undefined || object.metadata.namespace === namespace)
      .sort((left, right) => compareKeys(keyOfObject(left), keyOfObject(right)));

  const since: ObjectStore['since'] = (from, resource) => {
    if (from < oldest) return 'expired';
    return log.filter(
      (event) =>
        (resource === undefined || event.resource === resource) && (revisionOf(event.object) ?? 0) > from,
    );
  };

  return {
    list: (resource, namespace) => listOf(mapOf(resource).values(), namespace),
    get: (resource, namespace, name) => mapOf(resource).get(keyOf(namespace, name)),
    put(input, how = {}) {
      const { resource, next, current } = prepare(input, how);
      if (current !== undefined && isDeepStrictEqual(current, next)) return current;
      revision += 1;
      const object = { ...next, metadata: { ...next.metadata, resourceVersion: String(revision) } };
      mapOf(resource.plural).set(keyOfObject(object), object);
      if (current === undefined) record({ type: 'ADDED', resource: resource.plural, object });
      else record({ type: 'MODIFIED', resource: resource.plural, object, previous: current });
      return object;
    },
    preview: (input, how = {}) => prepare(input, how).next,
    remove(resource, namespace, name) {
      const previous = mapOf(resource).get(keyOf(namespace, name));
      if (previous === undefined) return;
      mapOf(resource).delete(keyOf(namespace, name));
      revision += 1;
      const object = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(revision) } };
      record({ type: 'DELETED', resource, object, previous });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    revision: () => revision,
    since,
    listAt(at, resource, namespace) {
      const later = since(at, resource);
      if (later === 'expired') return 'expired';
      const then = new Map(mapOf(resource));
      for (const event of later.toReversed()) {
        if (event.previous === undefined) then.delete(keyOfObject(event.object));
        else then.set(keyOfObject(event.previous), event.previous);
      }
      return listOf(then.values(), namespace);
    },
    compact() {
      log = [];
      oldest = revision;
    },
    snapshot: () => ({
      revision,
      objects: new Map([...objects].map(([plural, kept]) => [plural, new Map(kept)])),
    }),
    restore(snapshot) {
      objects.clear();
      for (const [plural, kept] of snapshot.objects) objects.set(plural, new Map(kept));
      revision = snapshot.revision;
      log = [];
      oldest = revision;
    },
  };
}

function complete(
  resource: Resource,
  input: KubeInput,
  current: KubeObject | undefined,
  how: WriteOptions,
  nowMs: number,
): KubeObject {
  const time = new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const {
    uid: _uid,
    resourceVersion: _revision,
    generation: _generation,
    managedFields: given,
    ...asked
  } = input.metadata;
  const body = { ...structuredClone(input), apiVersion: storedApiVersion(resource) };
  const specChanged =
    current === undefined ||
    !isDeepStrictEqual(countedPart(body), countedPart(current)) ||
    // Annotations of a Deployment count too, unless they come with its status.
    (resource.plural === 'deployments' &&
      how.subresource === undefined &&
      !isDeepStrictEqual(asked['annotations'] ?? {}, current.metadata.annotations ?? {}));
  const generation = (current?.metadata.generation ?? 0) + (specChanged ? 1 : 0);
  const writer = {
    manager: how.manager ?? 'kube-controller-manager',
    apiVersion: how.apiVersion ?? body.apiVersion,
    time,
    ...(how.subresource === undefined ? {} : { subresource: how.subresource }),
  };
  // Seeding a cluster may say who owned what; a writer who gives a name is recorded instead.
  const managedFields =
    how.manager === undefined && Array.isArray(given)
      ? (structuredClone(given) as readonly ManagedFields[])
      : claimFields(current, body, current?.metadata.managedFields ?? [], writer);
  const metadata: ObjectMeta = {
    ...structuredClone(asked),
    name: input.metadata.name,
    uid: current?.metadata.uid ?? randomUUID(),
    resourceVersion: current?.metadata.resourceVersion ?? '',
    ...(resource.counted ? { generation } : {}),
    creationTimestamp: current?.metadata.creationTimestamp ?? asCreated(asked['creationTimestamp'], time),
    ...(managedFields.length > 0 ? { managedFields } : {}),
  };
  return { ...body, metadata };
}

/** What `generation` counts: everything but metadata and status. */
function countedPart(object: Readonly<Record<string, unknown>>): unknown {
  const { metadata: _metadata, status: _status, apiVersion: _apiVersion, ...rest } = object;
  return rest;
}

const asCreated = (given: unknown, time: string): string => (typeof given === 'string' ? given : time);
const keyOf = (namespace: string | null, name: string): string => `${namespace ?? ''}/${name}`;
const compareKeys = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
const revisionOf = (object: KubeObject | undefined): number | undefined =>
  object === undefined ? undefined : Number(object.metadata.resourceVersion);

/** `namespace/name`, the order in which lists and their pages run. */
export const keyOfObject = (object: KubeObject): string =>
  keyOf(object.metadata.namespace ?? null, object.metadata.name);

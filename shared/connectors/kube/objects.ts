/** `metadata` as far as every object has it; everything else is read with the accessors below. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  /** Opaque: compared for equality only. */
  readonly resourceVersion: string;
  readonly [field: string]: unknown;
}

/** An object as the API server gave it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** The value at a path of keys and positions, or undefined where the path ends early. Own properties only. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = Reflect.get(here, key);
  }
  return here;
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : null;
}

export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | null {
  const found = at(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The entries of a map of strings: labels, annotations, selectors. Keys come from outside, so it is not a plain object. */
export function mapAt(value: unknown, ...path: readonly (string | number)[]): ReadonlyMap<string, string> {
  const found = at(value, ...path);
  const entries = new Map<string, string>();
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return entries;
  for (const [key, text] of Object.entries(found)) if (typeof text === 'string') entries.set(key, text);
  return entries;
}

/** Epoch ms of an RFC 3339 time; null where there is none. */
export function timeAt(value: unknown, ...path: readonly (string | number)[]): number | null {
  const text = textAt(value, ...path);
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isFinite(ms) ? ms : null;
}

export const labelsOf = (object: KubeObject): ReadonlyMap<string, string> =>
  mapAt(object, 'metadata', 'labels');
export const annotationsOf = (object: KubeObject): ReadonlyMap<string, string> =>
  mapAt(object, 'metadata', 'annotations');
export const namespaceOf = (object: KubeObject): string => object.metadata.namespace ?? '';
/** Sorts objects by namespace, then by name. */
export const byPlace = (a: KubeObject, b: KubeObject): number =>
  namespaceOf(a).localeCompare(namespaceOf(b)) || a.metadata.name.localeCompare(b.metadata.name);
/** `namespace/name`, which tells objects of one kind apart at one moment; the uid tells them apart over time. */
export const keyOf = (object: KubeObject): string => `${namespaceOf(object)}/${object.metadata.name}`;

/** Whether every pair of the selector is among the labels. An empty selector selects nothing here, as for Services. */
export function selects(selector: ReadonlyMap<string, string>, labels: ReadonlyMap<string, string>): boolean {
  if (selector.size === 0) return false;
  for (const [key, value] of selector) if (labels.get(key) !== value) return false;
  return true;
}

/** Checks the parts that everything here relies on; the API server leaves kind and apiVersion out of items of built-in lists. */
export function readObject(value: unknown, apiVersion: string, kind: string): KubeObject | null {
  const metadata = at(value, 'metadata');
  if (typeof value !== 'object' || value === null || typeof metadata !== 'object' || metadata === null)
    return null;
  const name = textAt(metadata, 'name');
  const uid = textAt(metadata, 'uid');
  const resourceVersion = textAt(metadata, 'resourceVersion');
  const namespace = textAt(metadata, 'namespace');
  if (name === null || uid === null || resourceVersion === null) return null;
  return {
    ...value,
    apiVersion: textAt(value, 'apiVersion') ?? apiVersion,
    kind: textAt(value, 'kind') ?? kind,
    metadata: { ...metadata, name, uid, resourceVersion, ...(namespace === null ? {} : { namespace }) },
  };
}

/** The object without `managedFields`, which are half of a pod and which only documents that are written need. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  if (object.metadata['managedFields'] === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

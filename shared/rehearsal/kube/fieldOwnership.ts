import { isDeepStrictEqual } from 'node:util';

/** One entry of `metadata.managedFields`. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldSet;
  readonly subresource?: string;
}

/** Owned fields as the API server writes them: `{ "f:spec": { "f:http": {} } }`. */
export interface FieldSet {
  readonly [key: string]: FieldSet;
}

/** Who writes, under which apiVersion and when (RFC 3339). */
export interface Writer {
  readonly manager: string;
  readonly apiVersion: string;
  readonly time: string;
  /** Set for a write through the status's own address. */
  readonly subresource?: 'status';
}

type Fields = Readonly<Record<string, unknown>>;

const ownedMetadata = new Set(['labels', 'annotations', 'ownerReferences', 'finalizers', 'generateName']);

/** What `managedFields` says after this writer turned `before` into `after`; the status counts only when it is what was written. */
export function claimFields(
  before: Fields | undefined,
  after: Fields,
  current: readonly ManagedFields[],
  writer: Writer,
): readonly ManagedFields[] {
  // Lists of custom resources are atomic: whoever writes one element owns the whole list.
  const keyed = !writer.apiVersion.includes('.istio.io/');
  const changed = changedFields(
    parts(ownable(before ?? {}, writer)),
    parts(ownable(after, writer)),
    keyed ? partsOfBuiltIn : partsOfCustom,
  );
  if (Object.keys(changed.written).length === 0 && Object.keys(changed.removed).length === 0) return current;
  const entries: ManagedFields[] = [];
  let mine: FieldSet = changed.written;
  for (const entry of current) {
    const same =
      entry.manager === writer.manager &&
      entry.operation === 'Update' &&
      entry.apiVersion === writer.apiVersion &&
      entry.subresource === writer.subresource;
    const kept = without(without(entry.fieldsV1, changed.removed), same ? {} : changed.written);
    if (same) mine = union(kept, changed.written);
    else if (Object.keys(kept).length > 0) entries.push({ ...entry, fieldsV1: kept });
  }
  if (Object.keys(mine).length > 0) {
    entries.push({
      manager: writer.manager,
      operation: 'Update',
      apiVersion: writer.apiVersion,
      time: writer.time,
      fieldsType: 'FieldsV1',
      fieldsV1: mine,
      ...(writer.subresource === undefined ? {} : { subresource: writer.subresource }),
    });
  }
  // The order of the real server: what was applied first, then the oldest write, and by name within a second.
  return entries.toSorted(
    (left, right) =>
      compare(left.operation, right.operation) ||
      compare(left.time, right.time) ||
      compare(left.manager, right.manager),
  );
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

function ownable(object: Fields, writer: Writer): Fields {
  const { apiVersion: _apiVersion, kind: _kind, status, metadata, ...rest } = object;
  const owned = Object.entries(isFields(metadata) ? metadata : {}).filter(([key]) =>
    // Controllers write their notes together with the status.
    writer.subresource === 'status' ? key === 'annotations' : ownedMetadata.has(key),
  );
  const body = writer.subresource !== 'status' ? rest : status === undefined ? {} : { status };
  return owned.length === 0 ? body : { metadata: Object.fromEntries(owned), ...body };
}

/** What a value is made of, under the names that owned fields have; undefined for what is owned as a whole. */
type PartsOf = (name: string, value: unknown) => Parts | undefined;

interface Parts {
  readonly of: ReadonlyMap<string, unknown>;
  /** A map or a list that did not exist before is itself owned, which the server writes as ".". */
  readonly marked: boolean;
}

const partsOfCustom: PartsOf = (name, value) =>
  isFields(value) ? { of: parts(value), marked: name !== 'f:metadata' } : undefined;

const partsOfBuiltIn: PartsOf = (name, value) => {
  if (isFields(value))
    return name === 'f:selector' || name.endsWith('Ref')
      ? undefined
      : { of: parts(value), marked: maps.has(name) || name.startsWith('k:') };
  const keys = listKeys[name];
  if (!Array.isArray(value) || keys === undefined) return undefined;
  const elements = (value as readonly unknown[]).map((element) => {
    const fields: Fields = isFields(element) ? element : {};
    return [
      `k:${JSON.stringify(Object.fromEntries(keys.map((key) => [key, fields[key]])))}`,
      element,
    ] as const;
  });
  return { of: new Map(elements), marked: true };
};

const maps = new Set(
  ['labels', 'annotations', 'data', 'binaryData', 'matchLabels', 'nodeSelector', 'limits', 'requests'].map(
    (name) => `f:${name}`,
  ),
);

const listKeys: Readonly<Record<string, readonly string[] | undefined>> = {
  'f:containers': ['name'],
  'f:initContainers': ['name'],
  'f:env': ['name'],
  'f:volumes': ['name'],
  'f:volumeMounts': ['mountPath'],
  'f:conditions': ['type'],
  'f:ownerReferences': ['uid'],
  'f:podIPs': ['ip'],
};

const parts = (fields: Fields): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(fields).map(([key, value]) => [`f:${key}`, value]));

function changedFields(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
  partsOf: PartsOf,
): { written: FieldSet; removed: FieldSet } {
  const written: Record<string, FieldSet> = {};
  const removed: Record<string, FieldSet> = {};
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, next] = [before.get(key), after.get(key)];
    if (isDeepStrictEqual(old, next)) continue;
    const into = next === undefined ? undefined : partsOf(key, next);
    if (next === undefined) removed[key] = {};
    else if (into === undefined) written[key] = {};
    else {
      const inner = changedFields(partsOf(key, old)?.of ?? new Map<string, unknown>(), into.of, partsOf);
      const fresh = old === undefined && into.marked ? { '.': {} } : {};
      const fields = { ...fresh, ...inner.written };
      if (Object.keys(fields).length > 0) written[key] = fields;
      if (Object.keys(inner.removed).length > 0) removed[key] = inner.removed;
    }
  }
  return { written, removed };
}

function union(left: FieldSet, right: FieldSet): FieldSet {
  const joined: Record<string, FieldSet> = { ...left };
  for (const [key, value] of Object.entries(right)) joined[key] = union(joined[key] ?? {}, value);
  return joined;
}

function without(fields: FieldSet, gone: FieldSet): FieldSet {
  const kept: Record<string, FieldSet> = {};
  for (const [key, value] of Object.entries(fields)) {
    const inner = gone[key];
    if (inner === undefined) kept[key] = value;
    else if (Object.keys(inner).length > 0) {
      const rest = without(value, inner);
      if (Object.keys(rest).length > 0) kept[key] = rest;
    }
  }
  return kept;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

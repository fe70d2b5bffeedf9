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
  const changed = changedFields(ownable(before ?? {}, writer), ownable(after, writer));
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
  // The order of the real server: the oldest write first, and by name within a second.
  return entries.toSorted(
    (left, right) => compare(left.time, right.time) || compare(left.manager, right.manager),
  );
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

function ownable(object: Fields, writer: Writer): Fields {
  if (writer.subresource === 'status')
    return object['status'] === undefined ? {} : { status: object['status'] };
  const { apiVersion: _apiVersion, kind: _kind, status: _status, metadata, ...rest } = object;
  const entries = Object.entries(isFields(metadata) ? metadata : {}).filter(([key]) =>
    ownedMetadata.has(key),
  );
  return entries.length === 0 ? rest : { metadata: Object.fromEntries(entries), ...rest };
}

function changedFields(before: Fields, after: Fields): { written: FieldSet; removed: FieldSet } {
  const written: Record<string, FieldSet> = {};
  const removed: Record<string, FieldSet> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, next] = [before[key], after[key]];
    if (isDeepStrictEqual(old, next)) continue;
    if (next === undefined) removed[`f:${key}`] = {};
    else if (isFields(next)) {
      const inner = changedFields(isFields(old) ? old : {}, next);
      // A map that did not exist before is itself owned, which the server writes as ".".
      const fresh = old === undefined && key !== 'metadata' ? { '.': {} } : {};
      const fields = { ...fresh, ...inner.written };
      if (Object.keys(fields).length > 0) written[`f:${key}`] = fields;
      if (Object.keys(inner.removed).length > 0) removed[`f:${key}`] = inner.removed;
      // Lists of custom resources are atomic: whoever writes one element owns the whole list.
    } else written[`f:${key}`] = {};
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

import { isDeepStrictEqual } from 'node:util';
import { badRequest, patchDoesNotApply } from './status.ts';

type Container = unknown[] | Record<string, unknown>;

/** Applies an RFC 6902 patch to a copy; throws the 422 of one that does not apply, which is also how a failed `test` ends. */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch))
    throw badRequest('error decoding patch: json: cannot unmarshal object into a list of operations');
  let root: unknown = structuredClone(document);
  for (const entry of patch as readonly unknown[]) {
    if (!isRecord(entry)) throw badRequest('error decoding patch: an operation is not an object');
    root = applyOperation(root, entry);
  }
  return root;
}

function applyOperation(root: unknown, operation: Record<string, unknown>): unknown {
  const path = pointerOf(operation['path']);
  const value = structuredClone(operation['value']);
  switch (operation['op']) {
    case 'add':
      if (!('value' in operation)) throw patchDoesNotApply();
      return add(root, path, value);
    case 'replace':
      if (!('value' in operation)) throw patchDoesNotApply();
      // The library behind the real server lets "replace" set a field that is not there; only its parent must be.
      return replaceAt(root, path, value);
    case 'remove':
      read(root, path);
      return removeAt(root, path);
    case 'move': {
      const from = pointerOf(operation['from']);
      const moved = read(root, from);
      return add(removeAt(root, from), path, moved);
    }
    case 'copy':
      return add(root, path, structuredClone(read(root, pointerOf(operation['from']))));
    case 'test':
      // The library behind the real server takes a missing value for null.
      if (!isDeepStrictEqual(readOrNull(root, path), value ?? null)) throw patchDoesNotApply();
      return root;
    default:
      throw patchDoesNotApply();
  }
}

function pointerOf(text: unknown): readonly string[] {
  if (text === '') return [];
  if (typeof text !== 'string' || !text.startsWith('/')) throw patchDoesNotApply();
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const token of path) {
    if (Array.isArray(value)) value = (value as unknown[])[indexOf(token, value.length - 1)];
    else if (isRecord(value) && Object.hasOwn(value, token)) value = value[token];
    else throw patchDoesNotApply();
  }
  return value;
}

function readOrNull(root: unknown, path: readonly string[]): unknown {
  const last = path[path.length - 1];
  if (last === undefined) return root;
  const parent = containerAt(root, path);
  if (Array.isArray(parent)) return read(parent, [last]);
  return Object.hasOwn(parent, last) ? parent[last] : null;
}

function containerAt(root: unknown, path: readonly string[]): Container {
  const parent = read(root, path.slice(0, -1));
  if (Array.isArray(parent) || isRecord(parent)) return parent;
  throw patchDoesNotApply();
}

function add(root: unknown, path: readonly string[], value: unknown): unknown {
  const last = path[path.length - 1];
  if (last === undefined) return value;
  const parent = containerAt(root, path);
  if (Array.isArray(parent))
    parent.splice(last === '-' ? parent.length : indexOf(last, parent.length), 0, value);
  else setOwn(parent, last, value);
  return root;
}

/** In place, so that the fields keep their order. */
function replaceAt(root: unknown, path: readonly string[], value: unknown): unknown {
  const last = path[path.length - 1];
  if (last === undefined) return value;
  const parent = containerAt(root, path);
  if (Array.isArray(parent)) parent[indexOf(last, parent.length - 1)] = value;
  else setOwn(parent, last, value);
  return root;
}

function removeAt(root: unknown, path: readonly string[]): unknown {
  const last = path[path.length - 1];
  if (last === undefined) throw patchDoesNotApply();
  const parent = containerAt(root, path);
  if (Array.isArray(parent)) parent.splice(indexOf(last, parent.length - 1), 1);
  else delete parent[last];
  return root;
}

function indexOf(token: string, largest: number): number {
  const index = /^(0|[1-9]\d*)$/.test(token) ? Number(token) : -1;
  if (index < 0 || index > largest) throw patchDoesNotApply();
  return index;
}

/** Sets a field even when it is called `__proto__`: names come from the client. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Whether it is a JSON object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

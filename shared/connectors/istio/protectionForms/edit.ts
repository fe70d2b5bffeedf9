import type { FieldValue } from '../../kit/formFields.ts';
import { PeerError } from '../../kit/peerError.ts';
import { at } from '../../kube/objects.ts';

/** Keys and positions from the root of a document. */
export type Path = readonly (string | number)[];

/**
 * A copy with these fields set below `base`; null takes a field away, with the maps around it that are left empty: an
 * `outlierDetection: {}` ejects by Envoy's own numbers and turns locality failover on.
 */
export function withFields<Document extends object>(
  document: Document,
  base: Path,
  values: ReadonlyMap<string, FieldValue>,
): Document {
  const made = structuredClone(document);
  for (const [key, value] of values) {
    const path = key.split('.');
    if (value === null) remove(made, base, path);
    else put(made, [...base, ...path], value);
  }
  return made;
}

/** Keys are those of our own fields; what stands there may be anything. */
function put(root: object, path: Path, value: string | number): void {
  let here = root;
  for (const key of path.slice(0, -1)) {
    const next: unknown = Object.hasOwn(here, key) ? Reflect.get(here, key) : undefined;
    if (next === undefined || next === null) Reflect.set(here, key, {});
    else if (typeof next !== 'object')
      throw new PeerError('refused', `${String(key)} is no map in this document; edit its text instead.`);
    // Just made or checked.
    here = Reflect.get(here, key) as object;
  }
  Reflect.set(here, path.at(-1) ?? '', value);
}

function remove(root: object, base: Path, path: readonly string[]): void {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const around = at(root, ...base, ...path.slice(0, depth - 1));
    const last = path[depth - 1];
    if (typeof around !== 'object' || around === null || last === undefined) continue;
    Reflect.deleteProperty(around, last);
    if (Object.keys(around).length > 0) return;
  }
}

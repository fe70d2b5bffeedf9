import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'yaml';
import { at, type KubeObject } from '../objects.ts';

/** What people write of an object: a tree of plain values. */
export type Content = Readonly<Record<string, unknown>>;
/** Keys from the root; lists are values, never entered. */
export type Place = readonly string[];

/** Annotations that programs keep for themselves. */
const programs = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
]);

/** The part of an object that operators write: all but its identity, its status and what programs note on it. */
export function contentOf(object: KubeObject): Content {
  const { apiVersion: _, kind: __, metadata, status: ___, ...rest } = object;
  const labels = entries(at(metadata, 'labels'));
  const annotations = entries(at(metadata, 'annotations')).filter(([key]) => !programs.has(key));
  const kept = {
    ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
    ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
  };
  return { ...(Object.keys(kept).length === 0 ? {} : { metadata: kept }), ...rest };
}

const entries = (map: unknown): [string, unknown][] =>
  typeof map === 'object' && map !== null ? Object.entries(map) : [];

/** As the review shows it and the journal keeps it. */
export const contentYaml = (content: Content): string =>
  stringify(content, { lineWidth: 0, aliasDuplicateObjects: false });

/** What `contentYaml` wrote; empty for a document that did not exist. */
export function readContent(yaml: string): Content | null {
  if (yaml === '') return null;
  const read: unknown = parse(yaml);
  return isMap(read) ? read : {};
}

/** The places where two contents differ, as deep as maps go. A missing map counts as an empty one. */
export function touchedBy(before: unknown, after: unknown, place: Place = []): Place[] {
  if (isDeepStrictEqual(before, after)) return [];
  const maps = (isMap(before) || before === undefined) && (isMap(after) || after === undefined);
  const filled = [...keysOf(before), ...keysOf(after)];
  if (!maps || filled.length === 0) return [place];
  return [...new Set(filled)].flatMap((key) => touchedBy(at(before, key), at(after, key), [...place, key]));
}

/** Whether two contents agree in the given places. */
export const agree = (a: unknown, b: unknown, places: readonly Place[]): boolean =>
  places.every((place) => isDeepStrictEqual(at(a, ...place), at(b, ...place)));

/**
 * `live` with what `wanted` holds in the given places; where it holds nothing they are taken away, with the maps around
 * them that `wanted` does not have and that are left empty: an empty `outlierDetection` means something to its reader.
 */
export function withPlaces(live: KubeObject, wanted: unknown, places: readonly Place[]): KubeObject {
  const made = structuredClone(live);
  for (const place of places) {
    const value = at(wanted, ...place);
    if (value === undefined) remove(made, place, wanted);
    else put(made, place, structuredClone(value));
  }
  return made;
}

function put(root: object, place: Place, value: unknown): void {
  let here = root;
  for (const key of place.slice(0, -1)) {
    const next = at(here, key);
    if (isMap(next)) here = next;
    else {
      const made = {};
      define(here, key, made);
      here = made;
    }
  }
  define(here, place.at(-1) ?? '', value);
}

function remove(root: object, place: Place, wanted: unknown): void {
  for (let depth = place.length; depth > 0; depth -= 1) {
    const around = depth === 1 ? root : at(root, ...place.slice(0, depth - 1));
    const last = place[depth - 1];
    if (typeof around !== 'object' || around === null || last === undefined) continue;
    Reflect.deleteProperty(around, last);
    const emptied =
      Object.keys(around).length === 0 && at(wanted, ...place.slice(0, depth - 1)) === undefined;
    if (!emptied) return;
  }
}

/** Keys come from outside: `__proto__` is a key like any other. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const keysOf = (value: unknown): string[] => (isMap(value) ? Object.keys(value) : []);

import type { GreyMatch } from '../../../model/operation.ts';
import { readCookiePattern } from '../../kit/greyMatch.ts';
import { at, listAt, mapAt, textAt } from '../../kube/objects.ts';

/** Labels that name a workload; a form can say no others. */
const nameLabels = ['service.istio.io/canonical-name', 'app.kubernetes.io/name', 'app'];
const said = new Set(['name', 'headers', 'sourceLabels', 'sourceNamespace']);

/** Whether a route takes some requests by who sends them or by what they carry, which weights cannot say. */
export const isGrey = (route: unknown): boolean => listAt(route, 'match').some(isGreyEntry);

const isGreyEntry = (entry: unknown): boolean =>
  Object.keys(objectAt(entry, 'headers')).length > 0 ||
  mapAt(entry, 'sourceLabels').size > 0 ||
  textAt(entry, 'sourceNamespace') !== null;

/**
 * A route's conditions as the form has them; null where they are more than it can say. `base` are the conditions of the split
 * that takes the rest: what both have is the split's.
 */
export function readMatch(match: readonly unknown[], base: readonly unknown[]): GreyMatch | null {
  const read = match.map((entry) => readEntry(entry, base));
  const [first] = read;
  if (first === undefined || first === null) return null;
  return read.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : null;
}

function readEntry(entry: unknown, base: readonly unknown[]): GreyMatch | null {
  if (typeof entry !== 'object' || entry === null) return null;
  for (const [key, value] of Object.entries(entry)) {
    if (!said.has(key) && !base.some((one) => JSON.stringify(at(one, key)) === JSON.stringify(value)))
      return null;
  }
  const headers: GreyMatch['headers'] = [];
  let cookie: GreyMatch['cookie'] = null;
  for (const [name, condition] of Object.entries(objectAt(entry, 'headers'))) {
    const exact = textAt(condition, 'exact');
    const prefix = textAt(condition, 'prefix');
    const regex = textAt(condition, 'regex');
    if (base.some((one) => JSON.stringify(at(one, 'headers', name)) === JSON.stringify(condition))) continue;
    if (exact !== null) headers.push({ name, value: exact, how: 'exact' });
    else if (prefix !== null) headers.push({ name, value: prefix, how: 'prefix' });
    else {
      cookie = name.toLowerCase() === 'cookie' && regex !== null ? readCookiePattern(regex) : null;
      if (cookie === null) return null;
    }
  }
  const caller = readCaller(entry);
  if (caller === undefined || headers.length > 8) return null;
  return { headers, cookie, caller };
}

/** Undefined where the labels name no workload that the map could show. */
function readCaller(entry: unknown): GreyMatch['caller'] | undefined {
  const labels = mapAt(entry, 'sourceLabels');
  const namespace = textAt(entry, 'sourceNamespace');
  if (labels.size === 0) return namespace === null ? null : { namespace, name: '' };
  const name = nameLabels.map((label) => labels.get(label)).find((value) => value !== undefined);
  // More labels than the name mean some of its pods.
  return name === undefined || labels.size > 1 ? undefined : { namespace, name };
}

function objectAt(value: unknown, key: string): object {
  const found = at(value, key);
  return typeof found === 'object' && found !== null ? found : {};
}

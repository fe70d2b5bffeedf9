import { createPatch, type Operation, type Pointer } from 'rfc6902';

/** Up to so many pairs of elements are compared each with each, for the shortest patch. */
const mostPairs = 4_096;

/**
 * How two long lists differ, element after element: what compares each with each takes minutes over a few hundred routes.
 * Undefined where the lists are short enough for that, or are no lists.
 */
export function compareLongLists(from: unknown, to: unknown, place: Pointer): Operation[] | undefined {
  if (!Array.isArray(from) || !Array.isArray(to) || from.length * to.length <= mostPairs) return undefined;
  const was: readonly unknown[] = from;
  const is: readonly unknown[] = to;
  const oldKeys = was.map(keyOf);
  const newKeys = is.map(keyOf);
  const left = counted(oldKeys);
  const coming = counted(newKeys);
  const steps: Operation[] = [];
  const at = (index: number): string => place.add(String(index)).toString();
  let i = 0;
  let j = 0;
  while (i < was.length && j < is.length) {
    const [oldKey, newKey] = [oldKeys[i] ?? '', newKeys[j] ?? ''];
    const isKept = (coming.get(oldKey) ?? 0) > 0;
    const isOld = (left.get(newKey) ?? 0) > 0;
    if (oldKey === newKey) {
      // As it was.
    } else if (!isKept && !isOld) steps.push(...within(was[i], is[j], at(j)));
    else if (isKept && isOld) return [{ op: 'replace', path: place.toString(), value: is }];
    else if (isKept) steps.push({ op: 'add', path: at(j), value: is[j] });
    else steps.push({ op: 'remove', path: at(j) });
    const takesOld = oldKey === newKey || !isKept;
    const takesNew = oldKey === newKey || !isOld;
    if (takesOld) {
      left.set(oldKey, (left.get(oldKey) ?? 0) - 1);
      i += 1;
    }
    if (takesNew) {
      coming.set(newKey, (coming.get(newKey) ?? 0) - 1);
      j += 1;
    }
  }
  for (; i < was.length; i += 1) steps.push({ op: 'remove', path: at(j) });
  for (; j < is.length; j += 1) steps.push({ op: 'add', path: at(j), value: is[j] });
  return steps;
}

const keyOf = (element: unknown): string => JSON.stringify(element) ?? '';

function counted(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** The steps from one element to another, where it stands. */
const within = (from: unknown, to: unknown, place: string): Operation[] =>
  createPatch(from, to, compareLongLists).map((step) => ({ ...step, path: `${place}${step.path}` }));

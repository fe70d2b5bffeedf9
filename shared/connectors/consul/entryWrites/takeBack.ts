import { PeerError } from '../../kit/peerError.ts';
import { alike } from './alike.ts';
import type { Content } from './content.ts';

/**
 * An entry as it is, without what one write changed in it: what others wrote elsewhere stays. Throws `PeerError` with kind
 * `conflict` where somebody has changed the very same since.
 */
export function takeBack(before: Content, after: Content, live: Content): Content {
  return (back(before, after, live, typeof live['Kind'] === 'string' ? live['Kind'] : 'the entry') ??
    {}) as Content;
}

function back(before: unknown, after: unknown, live: unknown, where: string): unknown {
  if (alike(before, after) || alike(live, before)) return live;
  if (alike(live, after)) return before;
  const all = [before, after, live].map((one) => one ?? undefined);
  const lists = all.filter((one) => Array.isArray(one)) as readonly (readonly unknown[])[];
  if (lists.length === all.filter((one) => one !== undefined).length) {
    const [was = [], wrote = [], is = []] = all as readonly (readonly unknown[] | undefined)[];
    return backInList(was, wrote, is, where);
  }
  if (all.every((one) => one === undefined || isMap(one))) {
    const [was = {}, wrote = {}, is = {}] = all as readonly (Content | undefined)[];
    const kept = [...new Set([...Object.keys(is), ...Object.keys(was)])].flatMap((key) => {
      const left = back(was[key], wrote[key], is[key], `${where}, ${key}`);
      return left === undefined ? [] : [[key, left] as const];
    });
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  }
  throw new PeerError(
    'conflict',
    `Someone changed the same since it was written (${where}), so taking it back would undo that too. Edit it by hand.`,
  );
}

const isMap = (one: unknown): one is Content =>
  typeof one === 'object' && one !== null && !Array.isArray(one);

function backInList(
  before: readonly unknown[],
  after: readonly unknown[],
  live: readonly unknown[],
  where: string,
): unknown {
  const [was, wrote, is] = [named(before), named(after), named(live)];
  if (was !== null && wrote !== null && is !== null) {
    const names = new Set([...is.keys(), ...was.keys()]);
    return [...names].flatMap((name) => {
      const left = back(was.get(name), wrote.get(name), is.get(name), `${where} ${name}`);
      return left === undefined ? [] : [left];
    });
  }
  const lacks = (list: readonly unknown[], one: unknown): boolean => !list.some((other) => alike(other, one));
  const added = after.filter((one) => lacks(before, one));
  const removed = before.filter((one) => lacks(after, one));
  // Each that was written anew stands for the one at the same place among those that went.
  const left = [...live];
  for (const [position, one] of added.entries()) {
    const at = left.findIndex((other) => alike(other, one));
    if (at < 0)
      throw new PeerError(
        'conflict',
        `Someone changed the same since it was written (${where}), so it cannot be taken back alone. Edit it by hand.`,
      );
    const former = removed[position];
    left.splice(at, 1, ...(former === undefined ? [] : [former]));
  }
  for (const one of removed.slice(added.length))
    left.splice(Math.min(before.indexOf(one), left.length), 0, one);
  return left;
}

/** Elements by their name, where each has one of its own; null for other lists. */
function named(list: readonly unknown[]): ReadonlyMap<string, unknown> | null {
  const names = list.map((one) => (isMap(one) && typeof one['Name'] === 'string' ? one['Name'] : null));
  if (names.includes(null) || new Set(names).size < list.length) return null;
  return new Map(list.map((one, position) => [names[position] ?? '', one]));
}

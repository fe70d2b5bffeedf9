import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../../../model/change.ts';
import type { ReadBack } from '../../kit/control.ts';
import { askedBy } from '../../kube/documents/asked.ts';
import { readContent } from '../../kube/documents/content.ts';
import { changedByOf } from '../../kube/documents/ownership.ts';
import { byServer } from '../../kube/documents/readBack.ts';
import { at, type KubeObject, listAt } from '../../kube/objects.ts';
import { type Held, isTripRoute, readHeld, tripIdOf } from './marker.ts';
import { routesNamed } from './tripRoutes.ts';

/** What a change puts in or takes away of trips; empty where it is about something else. */
export function tripsIn({ before, after }: Pick<Change, 'before' | 'after'>): {
  readonly added: readonly Held[];
  readonly removed: readonly Held[];
} {
  const was = heldIn(before);
  const is = heldIn(after);
  const lacks = (list: readonly Held[], one: Held) =>
    list.every((other) => tripIdOf(other) !== tripIdOf(one));
  return { added: is.filter((one) => lacks(was, one)), removed: was.filter((one) => lacks(is, one)) };
}

const documentIn = (yaml: string): KubeObject => (readContent(yaml) ?? {}) as unknown as KubeObject;
const heldIn = (yaml: string): readonly Held[] => readHeld(documentIn(yaml)).held;

/**
 * Reads back a trip's routes in a document that others write too: what they changed elsewhere in it is no matter of the
 * trip's. Null where the change is no patch of routes, and the whole document has to be compared.
 */
export function readBackTrip(change: Change, live: KubeObject | null): ReadBack | null {
  if (change.document.kind !== 'VirtualService' || change.action === 'delete') return null;
  const { added, removed } = tripsIn(change);
  if (added.length === 0 && removed.length === 0) return null;
  if (live === null)
    return {
      state: added.length > 0 ? 'before' : 'after',
      revision: '',
      detail: 'The document is gone, and the trip with it.',
      changedBy: null,
    };
  const answer = (state: ReadBack['state'], detail: string): ReadBack => ({
    state,
    revision: live.metadata.resourceVersion,
    detail,
    changedBy: changedByOf(live)?.who ?? null,
  });
  if (change.document.uid !== '' && live.metadata.uid !== change.document.uid)
    return answer('else', 'The document was deleted and made anew.');
  const present = readHeld(live).held;
  const stands = (one: Held) => present.some((other) => tripIdOf(other) === tripIdOf(one));
  const names = (held: readonly Held[]) => held.flatMap(({ routes }) => routes);
  const now = routesNamed(live, names(added));
  const stale = routesNamed(live, names(removed));
  const generation = generationOf(live);
  const held = holdsRoutes(change, live, names(added));
  if (added.every(stands) && held && !removed.some(stands) && stale.size === 0)
    return answer(
      'after',
      `Read back as written${generation}${byServer(change)}${behind(live, names(added))}.`,
    );
  const untouched = isDeepStrictEqual(stale, routesNamed(documentIn(change.before), names(removed)));
  if (!added.some(stands) && now.size === 0 && removed.every(stands) && untouched)
    return answer('before', `Still as before${generation}.`);
  return answer('else', `The routes of the trip are not as they were written${generation}.`);
}

/**
 * Whether a document holds a trip's routes as they were written. The server's webhooks may add to them, and something else
 * each time: then what was asked for is what counts.
 */
export function holdsRoutes(change: Change, live: KubeObject, names: readonly string[]): boolean {
  const now = routesNamed(live, names);
  if (isDeepStrictEqual(now, routesNamed(documentIn(change.after), names))) return true;
  const asked = routesNamed((askedBy(change) ?? {}) as unknown as KubeObject, names);
  const answered = routesNamed(documentIn(change.after), names);
  if (asked.size === 0 || isDeepStrictEqual(asked, answered)) return false;
  return names.every((name) => sameAsAsked(now.get(name), asked.get(name), answered.get(name)));
}

/** Alike in every field but those that the server added when it was written. */
function sameAsAsked(now: unknown, asked: unknown, answered: unknown): boolean {
  const added = (field: string) => at(asked, field) === undefined && at(answered, field) !== undefined;
  const kept = (route: unknown) => Object.entries(Object(route) as object).filter(([field]) => !added(field));
  return isDeepStrictEqual(Object.fromEntries(kept(now)), Object.fromEntries(kept(asked)));
}

/** Said where somebody put a route that takes every call before the trip's. */
function behind(live: KubeObject, names: readonly string[]): string {
  const http = listAt(live, 'spec', 'http');
  const ours = http.findIndex((raw) => names.includes(String(at(raw, 'name'))));
  const open = http.findIndex((raw) => listAt(raw, 'match').length === 0 && !isTripRoute(at(raw, 'name')));
  return ours > open && open >= 0
    ? `; but route ${open + 1} takes every call before it, so it is not in force`
    : '';
}

function generationOf(live: KubeObject): string {
  const generation = at(live, 'metadata', 'generation');
  return typeof generation === 'number' ? ` (generation ${generation})` : '';
}

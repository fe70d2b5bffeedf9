import type { Change } from '../../../model/change.ts';
import type { ReadBack } from '../../kit/control.ts';
import { at, type KubeObject, listAt } from '../objects.ts';
import { placesOf, placesOfServer } from './asked.ts';
import { agree, contentOf, readContent, touchedBy } from './content.ts';
import { changedByOf } from './ownership.ts';

/** Whether a written document is as before, as written, or something else; `live` is null where there is none. */
export function readBack(change: Change, live: KubeObject | null): ReadBack {
  if (live === null) return gone(change);
  const revision = live.metadata.resourceVersion;
  const changedBy = changedByOf(live)?.who ?? null;
  const { uid } = change.document;
  const answer = (state: ReadBack['state'], detail: string): ReadBack => ({
    state,
    revision,
    detail,
    changedBy,
  });
  if (uid !== '' && live.metadata.uid !== uid)
    return answer('else', 'The document was deleted and made anew.');
  if (change.action === 'delete')
    return at(live, 'metadata', 'deletionTimestamp') === undefined
      ? answer('before', 'The document is still there.')
      : answer('after', `It is being deleted, and stays until ${finalizersOf(live)} let it go.`);
  if (change.withheld)
    return revision === change.revision
      ? answer('before', 'Still as before.')
      : answer(
          'else',
          'The document was written since; whether by this change cannot be told, for its values are not kept.',
        );
  const now = contentOf(live);
  const before = readContent(change.before);
  const after = readContent(change.after) ?? {};
  const places = placesOf(change);
  if (change.action === 'create')
    return agree(now, after, places)
      ? answer('after', `Read back as written${generationOf(live)}${byServer(change)}.`)
      : answer('else', 'A document of this name exists, and it is not as written.');
  if (agree(now, after, places)) {
    const theirs = new Set(placesOfServer(change).map((place) => place.join('\n')));
    const alone = touchedBy(after, now).every((place) => theirs.has(place.join('\n')));
    return answer(
      'after',
      `Read back as written${generationOf(live)}${byServer(change)}${alone ? '' : '; another part of the document differs'}.`,
    );
  }
  if (agree(now, before, places)) return answer('before', `Still as before${generationOf(live)}.`);
  return answer(
    'else',
    `The document holds neither what was before nor what was written${generationOf(live)}.`,
  );
}

function gone(change: Change): ReadBack {
  const told = { revision: '', changedBy: null };
  if (change.action === 'delete') return { ...told, state: 'after', detail: 'The document is gone.' };
  if (change.action === 'create') return { ...told, state: 'before', detail: 'There is no such document.' };
  return { ...told, state: 'else', detail: 'The document was deleted.' };
}

/** What the server wrote with it, for people. */
export function byServer(change: Change): string {
  const places = placesOfServer(change).map((place) => place.join('.'));
  if (places.length === 0) return '';
  const more = places.length > 3 ? ` and ${places.length - 3} more` : '';
  return `; also changed by the server: ${places.slice(0, 3).join(', ')}${more}`;
}

/** The API server took the deletion; what it waits for has to take its own name off first. */
const finalizersOf = (live: KubeObject): string =>
  listAt(live, 'metadata', 'finalizers').join(', ') || 'its grace period is over or its finalizers';

function generationOf(live: KubeObject): string {
  const generation = at(live, 'metadata', 'generation');
  return typeof generation === 'number' ? ` (generation ${generation})` : '';
}

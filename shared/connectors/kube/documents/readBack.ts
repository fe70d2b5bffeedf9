import type { Change } from '../../../model/change.ts';
import type { ReadBack } from '../../kit/control.ts';
import { at, type KubeObject, listAt } from '../objects.ts';
import { agree, contentOf, type Content, readContent, touchedBy } from './content.ts';
import { changedByOf } from './ownership.ts';
import { isDeepStrictEqual } from 'node:util';

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
  if (change.action === 'create')
    return covers(now, after)
      ? answer('after', `Read back as written${generationOf(live)}.`)
      : answer('else', 'A document of this name exists, and it is not as written.');
  const places = touchedBy(before, after);
  if (agree(now, after, places)) {
    const alone = isDeepStrictEqual(now, after);
    return answer(
      'after',
      `Read back as written${generationOf(live)}${alone ? '' : '; another part of the document differs'}.`,
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

/** Whether everything that was written is there; a server may add defaults. */
const covers = (now: Content, written: Content): boolean => agree(now, written, touchedBy({}, written));

/** The API server took the deletion; what it waits for has to take its own name off first. */
const finalizersOf = (live: KubeObject): string =>
  listAt(live, 'metadata', 'finalizers').join(', ') || 'its grace period is over or its finalizers';

function generationOf(live: KubeObject): string {
  const generation = at(live, 'metadata', 'generation');
  return typeof generation === 'number' ? ` (generation ${generation})` : '';
}

import { isDeepStrictEqual } from 'node:util';
import { applyPatch, type Operation as RfcStep } from 'rfc6902';
import type { Change } from '../../../model/change.ts';
import { at, type KubeObject } from '../objects.ts';
import { type Content, contentOf, contentYaml, type Place, readContent, touchedBy } from './content.ts';
import type { TriedEdit } from './stamp.ts';

/** What a change asked for, before the server's own defaults and webhooks; null of a document that goes. */
export function askedBy(change: Change): Content | null {
  if (change.action === 'delete') return null;
  const steps = change.patch.filter(({ op }) => op !== 'test');
  const [whole] = steps;
  if (change.action === 'create' && whole?.path === '') return contentOf(whole.value as KubeObject);
  const before = readContent(change.before) ?? {};
  // An object always has metadata, of which nothing may be shown.
  const asked = structuredClone({ metadata: {}, ...before });
  const failed = applyPatch(asked, steps as RfcStep[]).some((problem) => problem !== null);
  // What programs keep for themselves is in no content, and a change of that alone asks for nothing else.
  return failed || steps.length === 0 ? readContent(change.after) : withoutEmpty(asked);
}

/** Contents hold no empty maps of labels or annotations, and no metadata without either. */
function withoutEmpty({ metadata, ...rest }: Content): Content {
  const filled = Object.entries(Object(metadata) as Record<string, unknown>).filter(
    ([, map]) => typeof map === 'object' && map !== null && Object.keys(map).length > 0,
  );
  return filled.length === 0 ? rest : { metadata: Object.fromEntries(filled), ...rest };
}

/** The places that a change writes itself; what a server writes beside them, anew each time perhaps, is the server's. */
export function placesOf(change: Change): Place[] {
  const places = touchedBy(readContent(change.before) ?? {}, askedBy(change));
  return places.length > 0 ? places : touchedBy(readContent(change.before), readContent(change.after) ?? {});
}

/** Places in which the server stored other than what was asked for. */
export function placesOfServer(change: Change): Place[] {
  const asked = askedBy(change);
  return asked === null ? [] : touchedBy(asked, readContent(change.after) ?? {});
}

/**
 * The content that the write's own answer names, as the journal keeps it; null where the answer does not hold what was asked
 * for, so that reading back tells of it.
 */
export function answeredBy({ edit, stored, withheld }: TriedEdit, answer: KubeObject): string | null {
  if (withheld || edit.action === 'delete') return null;
  const before = edit.action === 'create' ? {} : contentOf(edit.before);
  const asked = contentOf(edit.after as KubeObject);
  const reviewed = contentOf(stored ?? (edit.after as KubeObject));
  const answered = contentOf(answer);
  const holds = touchedBy(before, asked).every((place) => {
    const got = at(answered, ...place);
    if (isDeepStrictEqual(got, at(reviewed, ...place))) return true;
    return covers(got, at(asked, ...place)) && !isDeepStrictEqual(got, at(before, ...place));
  });
  return holds ? contentYaml(answered) : null;
}

/** Whether everything of `asked` is in `got`, however deep; a server may add keys, and takes no element of a list away. */
function covers(got: unknown, asked: unknown): boolean {
  if (typeof asked !== 'object' || asked === null) return isDeepStrictEqual(got, asked);
  if (typeof got !== 'object' || got === null || Array.isArray(got) !== Array.isArray(asked)) return false;
  if (Array.isArray(asked) && Array.isArray(got) && asked.length !== got.length) return false;
  return Object.entries(asked).every(([key, value]) => covers(at(got, key), value));
}

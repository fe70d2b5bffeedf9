import type { ReadBack } from '../connectors/kit/control.ts';
import { controlOf, verbOf } from './controls.ts';
import type { Climb } from './rungs.ts';

/** What became of all documents of one operation. */
export interface AllReadBack extends ReadBack {
  /** How many, from the first, are as written; null where they are not in order. */
  readonly written: number | null;
  /** Whether each is as before or as written, in whatever mix: nobody else wrote in the same places. */
  readonly isOurs: boolean;
}

/** Reads back every document an operation wrote. Throws while one cannot be read. */
export async function readBackAll({
  record,
  connection,
  signal,
}: Pick<Climb, 'record' | 'connection' | 'signal'>): Promise<AllReadBack> {
  const control = controlOf(connection, record.operation);
  if (control === null)
    throw new Error(`no source of ${connection.title} can ${verbOf[record.operation.kind]} now`);
  const reads: ReadBack[] = [];
  for (const [position, change] of record.changes.entries()) {
    const read = await control.verify(change, signal);
    reads.push(position === 0 ? byRevision(record, read) : read);
  }
  const written = writtenInOrder(reads);
  const odd = reads.find(({ state }) => state === 'else') ?? reads.find(({ state }) => state === 'before');
  const shown = odd ?? reads[0];
  if (shown === undefined) throw new Error('the operation names no document');
  return {
    ...shown,
    state: stateOf(reads),
    revision: reads[0]?.revision ?? '',
    written,
    isOurs: reads.every((read) => read.state !== 'else'),
  };
}

/** Values that were not kept cannot be compared; the revision that the peer gave to the write can. */
function byRevision({ changes, revisionAfter }: Climb['record'], read: ReadBack): ReadBack {
  if (changes[0]?.withheld !== true || revisionAfter === null || read.revision !== revisionAfter) return read;
  return {
    ...read,
    state: 'after',
    detail: 'Read back at the revision that was written; its values are not compared.',
  };
}

function stateOf(reads: readonly ReadBack[]): ReadBack['state'] {
  for (const state of ['before', 'after'] as const)
    if (reads.every((read) => read.state === state)) return state;
  return 'else';
}

function writtenInOrder(reads: readonly ReadBack[]): number | null {
  const count = reads.findIndex(({ state }) => state !== 'after');
  if (count === -1) return reads.length;
  return reads.slice(count).every(({ state }) => state === 'before') ? count : null;
}

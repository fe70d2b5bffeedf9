import { sayError } from '../connectors/kit/peerError.ts';
import type { Receipt } from '../connectors/kit/control.ts';
import type { OperationRecord } from '../model/record.ts';
import type { Journal } from './journal.ts';
import { readBackAll } from './readBack.ts';
import { setRung, type Climb } from './rungs.ts';

/** So many looks must find the document as it was: a write still in flight may land after the first. */
const looksBefore = 6;

/** Takes down that the peer has the write; where it is an undo, what it undid says so too. */
export async function markWritten(
  journal: Journal,
  record: OperationRecord,
  revisions: Receipt['revisions'],
  accepted: { readonly detail: string; readonly at: number },
): Promise<OperationRecord> {
  const written = await journal.update(record.id, (now) => ({
    ...now,
    state: 'written',
    error: null,
    revisionAfter: revisions[0]?.revision ?? null,
    changes: asAnswered(now.changes, revisions),
    writtenChanges: now.changes.length,
    rungs: setRung(now.rungs, 'accepted', 'seen', accepted.detail, accepted.at),
  }));
  if (record.undoOf !== null) {
    await journal
      .update(record.undoOf, (undone) => ({ ...undone, undoneBy: record.id }))
      // What was undone may be gone from the journal; the undo itself stands.
      .catch(() => undefined);
  }
  return written;
}

/**
 * What was written, as the answers name it. Documents that were made have a uid from now on, so that an undo takes away what
 * was made and nothing else of that name.
 */
export function asAnswered(
  changes: OperationRecord['changes'],
  revisions: Receipt['revisions'],
): OperationRecord['changes'] {
  return changes.map((change, position) => {
    const { document, after = null } = revisions[position] ?? {};
    const uid = change.document.uid === '' ? (document?.uid ?? '') : change.document.uid;
    return {
      ...change,
      document: { ...change.document, uid },
      after: change.withheld ? change.after : (after ?? change.after),
    };
  });
}

/** A lost answer is resolved by reading, never by sending again. True when it turned out to be written. */
export async function resolveWrite(climb: Climb): Promise<boolean> {
  const { record, journal, ports, signal } = climb;
  const finish = (state: OperationRecord['state'], error: string, writtenChanges: number | null = null) =>
    journal.update(record.id, (now) => ({
      ...now,
      state,
      error,
      writtenChanges,
      finishedAt: ports.clock.now(),
    }));
  let before = 0;
  for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, 30_000)) {
    let problem: string | null = null;
    const read = await readBackAll(climb).catch((thrown: unknown) => {
      problem = sayError(thrown, 'No answer came; reading what became of it');
      return null;
    });
    signal.throwIfAborted();
    if (problem !== null) {
      const error: string = problem;
      await journal.update(record.id, (now) => (now.error === error ? now : { ...now, error }));
    }
    if (read?.state === 'after') {
      const [first] = record.changes;
      const seen = first === undefined ? [] : [{ document: first.document, revision: read.revision }];
      await markWritten(journal, record, seen, {
        detail: 'no answer came; reading showed that it was written',
        at: ports.clock.now(),
      });
      return true;
    }
    if (read?.state === 'else' && read.written === null) {
      // Neither before nor after: it may have been in force for a moment, and nobody can tell any more.
      await finish(
        'unknown',
        'No answer came, and since then someone else changed the same place: whether this was written in between cannot be told. Look at the document.',
      );
      return false;
    }
    if (read !== null) before += 1;
    if (before >= looksBefore && read !== null && read.written !== null && read.written > 0) {
      await finish(
        'partly',
        `No answer came, and reading showed that ${read.written} of ${record.changes.length} documents were written.`,
        read.written,
      );
      return false;
    }
    if (before >= looksBefore) {
      await finish('notWritten', 'No answer came, and reading showed that nothing was written.');
      return false;
    }
    await ports.clock.sleep(pauseMs, signal);
  }
}

import type { OperationRecord, Rung } from '../../../shared/model/record.ts';
import type { WatchState } from '../../../shared/model/watch.ts';

/** What an operation has come to, as one word of colour and one sentence. */
export interface Outcome {
  readonly tone: 'good' | 'bad' | 'neutral' | 'pending';
  readonly text: string;
}

/** Green at "loaded" or "measured" only: an acknowledgement is not a success. */
export function outcomeOf(record: OperationRecord): Outcome {
  const { title, state, error } = record;
  if (state === 'notWritten') return { tone: 'bad', text: `${title}: not written. ${error ?? ''}`.trimEnd() };
  if (state === 'unknown' && record.finishedAt !== null)
    return { tone: 'bad', text: `${title}: not known whether it was written. ${error ?? ''}`.trimEnd() };
  if (state === 'unknown') {
    return { tone: 'pending', text: `${title}: no answer came; it is being found out by reading.` };
  }
  if (state === 'partly') return { tone: 'bad', text: `${title}: written in part. ${error ?? ''}`.trimEnd() };
  if (state === 'writing') return { tone: 'pending', text: `${title}: being written` };
  const rung = (name: Rung['rung']) => record.rungs.find((each) => each.rung === name);
  const contradicted = record.rungs.findLast((each) => each.state === 'contradicted');
  if (contradicted)
    return { tone: 'bad', text: `${title}: ${contradicted.rung} contradicted, ${contradicted.detail}` };
  const measured = rung('measured');
  if (measured?.state === 'seen') return { tone: 'good', text: `${title}: measured, ${measured.detail}` };
  if (measured?.state === 'waiting' || rung('loaded')?.state === 'waiting') {
    return { tone: 'pending', text: `${title}: not yet measured` };
  }
  const loaded = rung('loaded');
  if (loaded?.state === 'seen')
    return { tone: 'good', text: `${title}: in force. ${loaded.detail}`.trimEnd() };
  if (rung('declared')?.state === 'seen') {
    return { tone: 'neutral', text: `${title}: declared. Its effect cannot be seen here.` };
  }
  return { tone: 'pending', text: `${title}: accepted` };
}

/** A trip itself, not the way back from one. */
export function isTrip({ operation, undoOf }: OperationRecord): boolean {
  return operation.kind === 'trip' && undoOf === null;
}

/** Whether a watch went back because the operator asked for it, as of a canary, and no condition came true. */
export function isByHand({ state, note }: Pick<WatchState, 'state' | 'note'>): boolean {
  return (state === 'returning' || state === 'returned') && note.startsWith('Taken back by ');
}

/** What the review of the way back is called. */
export function undoTitle(record: OperationRecord): string {
  return isTrip(record) ? `End the trip: ${record.title}` : `Undo: ${record.title}`;
}

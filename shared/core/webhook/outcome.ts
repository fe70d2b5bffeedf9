import type { OperationRecord } from '../../model/record.ts';
import type { WebhookOutcome } from '../../model/webhook.ts';
import { isHolding } from '../returns/states.ts';

/** What there is to say of an operation now, and why in words of our own: those of a peer may hold what was written. */
export interface Outcome {
  readonly outcome: WebhookOutcome;
  readonly why: string;
}

/** Null while there is nothing to say, and where the operation that ended this one says it. */
export function outcomeOf(record: OperationRecord): Outcome | null {
  const { state, finishedAt, undoOf, undoneBy, hold, watch, rungs, writtenChanges, changes } = record;
  switch (state) {
    case 'writing':
      return null;
    case 'unknown':
      return finishedAt === null
        ? null
        : { outcome: 'unknown', why: 'nobody can say whether it was written' };
    case 'notWritten':
      return { outcome: 'failed', why: 'nothing was written' };
    case 'partly':
      return {
        outcome: 'failed',
        why: `only ${writtenChanges ?? 'some'} of ${changes.length} documents were written`,
      };
    case 'written':
      break;
  }
  if (undoneBy !== null) return null;
  // A way back that was tried and failed is named as its end still.
  if (hold?.leftBy != null) return { outcome: 'left', why: `left in force by ${hold.leftBy}` };
  if (hold?.endedBy != null || watch?.returnedBy != null) return null;
  if (hold?.state === 'stuck' || watch?.state === 'stuck')
    return { outcome: 'failed', why: 'it is due to be taken back, and could not be' };
  if (hold?.state === 'changed')
    return { outcome: 'failed', why: 'it is not taken back, because somebody else wrote there since' };
  const contradicted = rungs.find((rung) => rung.state === 'contradicted');
  if (contradicted !== undefined)
    return { outcome: 'failed', why: `it was written, and what is ${contradicted.rung} contradicts it` };
  if (isHolding(record)) return { outcome: 'begun', why: '' };
  const proven = rungs.find(
    (rung) => (rung.rung === 'measured' || rung.rung === 'loaded') && rung.state === 'seen',
  );
  if (proven !== undefined)
    return { outcome: undoOf === null ? 'done' : 'undone', why: `seen ${proven.rung}` };
  if (finishedAt === null) return { outcome: 'begun', why: '' };
  const seen = rungs.filter((rung) => rung.state === 'seen').map(({ rung }) => rung);
  const farthest = seen.length === 0 ? 'nothing was' : `no more than ${seen.join(' and ')}`;
  return { outcome: 'unproven', why: `written; its effect was not seen: ${farthest}` };
}

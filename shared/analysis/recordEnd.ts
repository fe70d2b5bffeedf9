import { noWayBack } from '../model/operation.ts';
import type { OperationRecord, Rung } from '../model/record.ts';

/** Whether an operation is followed no further: nothing more will be seen of it. */
export const isOver = ({ state, finishedAt }: Pick<OperationRecord, 'state' | 'finishedAt'>): boolean =>
  state === 'notWritten' || finishedAt !== null;

/** The rungs of which there is something to tell: once an operation is over, none is awaited. */
export const toldRungs = (record: OperationRecord): readonly Rung[] =>
  isOver(record) ? record.rungs.filter(({ state }) => state !== 'waiting') : record.rungs;

/** Whether an undo can be offered: some of it was written, or nobody can tell, and it was not taken back yet. */
export function canUndo(record: OperationRecord): boolean {
  const { state, finishedAt, operation, undoOf, undoneBy } = record;
  if (undoneBy !== null || noWayBack(operation, undoOf !== null) !== null) return false;
  return state === 'written' || state === 'partly' || (state === 'unknown' && finishedAt !== null);
}

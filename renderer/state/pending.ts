import { create } from 'zustand';
import type { Operation } from '../../shared/model/operation.ts';
import { openReview } from './review.ts';

/** A change that waits to be reviewed with others. Weights wait as drafts of their own, see drafts.ts. */
export interface PendingChange {
  readonly id: string;
  readonly operation: Operation;
  /** What it would do, in few words. */
  readonly title: string;
}

/** Changes put aside to be reviewed together, in the order in which they were. */
export const usePending = create<{
  readonly changes: readonly PendingChange[];
  /** Whether what is asked for is put aside instead of being reviewed at once. */
  readonly gathers: boolean;
}>(() => ({ changes: [], gathers: false }));

let nextNumber = 1;

/** Puts a change aside. A second edit of one document takes the place of the first, for it holds it. */
export function addPending(operation: Operation, title: string): void {
  const id = operation.kind === 'editDocument' ? `edit ${operation.document.uid}` : `change ${nextNumber}`;
  nextNumber += 1;
  usePending.setState(({ changes }) => {
    const next = { id, operation, title };
    return changes.some((each) => each.id === id)
      ? { changes: changes.map((each) => (each.id === id ? next : each)) }
      : { changes: [...changes, next] };
  });
}

export function setGathers(gathers: boolean): void {
  usePending.setState({ gathers });
}

/** Reviews a change at once, or puts it aside while changes are gathered. */
export function askFor(operation: Operation, title: string): void {
  if (usePending.getState().gathers) addPending(operation, title);
  else openReview({ kind: 'plan', operation, title });
}

export function discardPending(id: string): void {
  usePending.setState(({ changes }) => ({ changes: changes.filter((each) => each.id !== id) }));
}

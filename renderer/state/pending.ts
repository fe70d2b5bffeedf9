import { create } from 'zustand';
import type { Operation } from '../../shared/model/operation.ts';

/** A change that waits to be reviewed with others. Weights wait as drafts of their own, see drafts.ts. */
export interface PendingChange {
  readonly id: string;
  readonly operation: Operation;
  /** What it would do, in few words. */
  readonly title: string;
}

/** Changes put aside to be reviewed together, in the order in which they were. */
export const usePending = create<{ readonly changes: readonly PendingChange[] }>(() => ({ changes: [] }));

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

export function discardPending(id: string): void {
  usePending.setState(({ changes }) => ({ changes: changes.filter((each) => each.id !== id) }));
}

import { create } from 'zustand';
import type { Operation, SetRouting } from '../../shared/model/operation.ts';
import { openReview } from './review.ts';

/** A change that waits to be reviewed with others. Weights wait as drafts of their own, see drafts.ts. */
export interface PendingChange {
  readonly id: string;
  readonly operation: Operation;
  /** What it would do, in few words. */
  readonly title: string;
  /** Why, where the operator said so already; else empty. */
  readonly reason: string;
}

/** Changes put aside to be reviewed together, in the order in which they were. */
export const usePending = create<{
  readonly changes: readonly PendingChange[];
  /** Whether what is asked for is put aside instead of being reviewed at once. */
  readonly gathers: boolean;
}>(() => ({ changes: [], gathers: false }));

let nextNumber = 1;

/**
 * Puts a change aside. What is asked of the same thing again takes the place of the first: an edit holds the one before it,
 * a trip of the same calls means to be the only one, and fields of one form are put together.
 */
export function addPending(operation: Operation, title: string, reason = ''): void {
  const subject = subjectOf(operation);
  // Two connections may have things of one id.
  const id = subject === null ? `change ${nextNumber}` : `${operation.connectionId} ${subject}`;
  nextNumber += 1;
  usePending.setState(({ changes }) => {
    const earlier = changes.find((each) => each.id === id);
    if (earlier === undefined) return { changes: [...changes, { id, operation, title, reason }] };
    const next = { id, operation: joined(earlier.operation, operation), title, reason };
    return { changes: changes.map((each) => (each === earlier ? next : each)) };
  });
}

/** What can be pending only once; null where each asking counts. */
function subjectOf(operation: Operation): string | null {
  switch (operation.kind) {
    case 'editDocument':
      return `edit ${operation.document.uid}`;
    case 'setProtections':
      return `protections ${operation.serviceId} ${operation.formId}`;
    case 'setRouting':
      return `routing ${operation.splitId} ${routingSubject(operation.change)}`;
    case 'trip':
      return `trip ${operation.call.calleeId} ${operation.call.caller?.id ?? ''}`;
    case 'setFallback':
      return `fallback ${operation.call.calleeId} ${operation.call.caller?.id ?? ''}`;
    default:
      return null;
  }
}

/** There is one mirror, and one route of a name. */
function routingSubject(change: SetRouting['change']): string {
  switch (change.kind) {
    case 'mirror':
      return 'mirror';
    case 'addRoute':
      return `add ${change.name}`;
    case 'removeRoute':
      return `remove ${change.routeName}`;
  }
}

/** A form begins with what is declared, so that it does not hold what is pending of it. */
function joined(earlier: Operation, next: Operation): Operation {
  if (earlier.kind !== 'setProtections' || next.kind !== 'setProtections') return next;
  return { ...next, values: { ...earlier.values, ...next.values } };
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

import { create } from 'zustand';
import type { Operation } from '../../shared/model/operation.ts';
import type { HeldTrip } from '../../shared/model/trip.ts';
import type { CanaryRequest } from '../../shared/model/watch.ts';

/** What the review dialog is asked to show: a change to plan, an earlier one to take back, a trip to end, a canary to start or finish. */
export type ReviewRequest =
  | {
      readonly kind: 'plan';
      readonly operation: Operation;
      readonly title: string;
      /** Why, where the operator said so already. */
      readonly reason?: string;
    }
  | { readonly kind: 'undo'; readonly operationId: string; readonly title: string }
  | { readonly kind: 'endTrip'; readonly trip: HeldTrip; readonly title: string }
  | { readonly kind: 'canary'; readonly request: CanaryRequest; readonly title: string }
  | { readonly kind: 'finishCanary'; readonly canaryId: string; readonly title: string };

interface ReviewState {
  /** Null while no review is open. */
  readonly request: ReviewRequest | null;
  /** Rises with each request, so that a second review of the same split begins afresh. */
  readonly number: number;
  /** The operation whose ladder is on screen: what the dialog shows needs no toast. */
  readonly shownOperationId: string | null;
}

/** The tray, the inspector and the journal open the review; the dialog closes it. */
export const useReview = create<ReviewState>()(() => ({ request: null, number: 0, shownOperationId: null }));

/** Opens the review; its plan and dry run are made then. */
export function openReview(request: ReviewRequest): void {
  useReview.setState(({ number }) => ({ request, number: number + 1, shownOperationId: null }));
}

/** Notes which operation the dialog follows from now on. */
export function showOperation(operationId: string): void {
  useReview.setState({ shownOperationId: operationId });
}

/** Closes the review. What was applied goes on without it. */
export function closeReview(): void {
  useReview.setState({ request: null, shownOperationId: null });
}

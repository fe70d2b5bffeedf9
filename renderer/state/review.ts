import { create } from 'zustand';
import type { Operation } from '../../shared/model/operation.ts';

/** What the review dialog is asked to show: a change to plan, or an earlier operation to take back. */
export type ReviewRequest =
  | { readonly kind: 'plan'; readonly operation: Operation; readonly title: string }
  | { readonly kind: 'undo'; readonly operationId: string; readonly title: string };

/** Null while no review is open. The tray, the inspector and the journal open it; the dialog closes it. */
export const useReview = create<{ readonly request: ReviewRequest | null }>()(() => ({ request: null }));

/** Opens the review; its plan and dry run are made then. */
export function openReview(request: ReviewRequest): void {
  useReview.setState({ request });
}

/** Closes the review. What was applied goes on without it. */
export function closeReview(): void {
  useReview.setState({ request: null });
}

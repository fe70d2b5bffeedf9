import { create } from 'zustand';
import type { Operation } from '../../shared/model/operation.ts';

/** One change of a set, before it is planned. */
export interface SetItem {
  readonly operation: Operation;
  readonly title: string;
  /** Why, where the operator said so already. */
  readonly reason?: string;
}

/** Several changes to review together, a set that was applied to take back, or one to look at. */
export type SetRequest =
  | { readonly kind: 'plan'; readonly items: readonly SetItem[] }
  | { readonly kind: 'undo'; readonly setId: string }
  | { readonly kind: 'look'; readonly setId: string };

/** The set under review; null while none is. */
export const useSetReview = create<{ readonly request: SetRequest | null; readonly number: number }>(() => ({
  request: null,
  number: 0,
}));

export function openSetReview(request: SetRequest): void {
  useSetReview.setState(({ number }) => ({ request, number: number + 1 }));
}

export function closeSetReview(): void {
  useSetReview.setState({ request: null });
}

/** The reason to begin with: what was said of the changes, each once. */
export function reasonOf(request: SetRequest): string {
  if (request.kind !== 'plan') return '';
  const said = request.items.map(({ reason = '' }) => reason).filter((reason) => reason !== '');
  return [...new Set(said)].join('; ');
}

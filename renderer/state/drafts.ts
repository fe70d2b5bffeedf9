import { create } from 'zustand';
import type { SetWeights } from '../../shared/model/operation.ts';
import type { Split } from '../../shared/model/weights.ts';

/** A pending change of one split. Nothing here writes: a draft becomes a write only through review. */
export interface Draft {
  /** The split as it was when the operator began: the fence of "someone else changed it". */
  readonly seen: Split;
  /** One weight per destination; the sum is that of `seen`. */
  readonly weights: readonly number[];
}

interface Drafts {
  /** By split id, in the order they were begun. */
  readonly bySplit: Readonly<Record<string, Draft>>;
}

/** Pending changes. They outlive a change of screen, and end when applied, discarded or put back by hand. */
export const useDrafts = create<Drafts>()(() => ({ bySplit: {} }));

/** The draft of one split, null when nothing is pending. */
export function useDraft(splitId: string): Draft | null {
  return useDrafts((state) => state.bySplit[splitId] ?? null);
}

/**
 * Makes `weights` pending for a split. The first call remembers what the operator saw, later ones keep that memory, so
 * that a change by someone else half-way is noticed. Weights equal to those seen leave nothing pending.
 */
export function draftWeights(split: Split, weights: readonly number[]): void {
  useDrafts.setState(({ bySplit }) => {
    const begun = bySplit[split.id];
    // A route that gained or lost a destination cannot take the old numbers; the operator starts from what is there.
    // Two systems may have a split of one id: what is moved now is what is meant.
    const isSame = begun?.seen.connectionId === split.connectionId && begun.weights.length === weights.length;
    const seen = isSame ? begun.seen : split;
    if (sameWeights(seen, weights)) return { bySplit: without(bySplit, split.id) };
    return { bySplit: { ...bySplit, [split.id]: { seen, weights: [...weights] } } };
  });
}

/** Puts one split back: nothing pending. */
export function discardDraft(splitId: string): void {
  useDrafts.setState(({ bySplit }) => ({ bySplit: without(bySplit, splitId) }));
}

/** What review asks the console to plan. */
export function operationOf({ seen, weights }: Draft): SetWeights {
  return {
    kind: 'setWeights',
    splitId: seen.id,
    connectionId: seen.connectionId,
    weights: [...weights],
    seen: { revision: seen.revision, weights: seen.destinations.map((destination) => destination.weight) },
  };
}

/** The split has moved since the operator began, so the draft rests on something that is no longer there. */
export function isOvertaken(draft: Draft, now: Split): boolean {
  const before = draft.seen.destinations;
  if (before.length !== now.destinations.length) return true;
  return now.destinations.some((destination, index) => destination.weight !== before[index]?.weight);
}

function sameWeights(split: Split, weights: readonly number[]): boolean {
  return split.destinations.every((destination, index) => destination.weight === weights[index]);
}

function without(bySplit: Drafts['bySplit'], splitId: string): Drafts['bySplit'] {
  return Object.fromEntries(Object.entries(bySplit).filter(([id]) => id !== splitId));
}

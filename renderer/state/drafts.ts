import { create } from 'zustand';
import { splitKey, type SplitPlace } from '../../shared/analysis/splitKey.ts';
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
  /** By `splitKey`, in the order they were begun. */
  readonly bySplit: Readonly<Record<string, Draft>>;
}

/** Pending changes. They outlive a change of screen, and end when applied, discarded or put back by hand. */
export const useDrafts = create<Drafts>()(() => ({ bySplit: {} }));

/** The draft of one split, null when nothing is pending. */
export function useDraft(split: SplitPlace): Draft | null {
  return useDrafts((state) => state.bySplit[splitKey(split)] ?? null);
}

/** The draft of one split as it is now. */
export const draftOf = (split: SplitPlace): Draft | null =>
  useDrafts.getState().bySplit[splitKey(split)] ?? null;

/**
 * Makes `weights` pending for a split. The first call remembers what the operator saw, later ones keep that memory, so
 * that a change by someone else half-way is noticed. Weights equal to those seen leave nothing pending.
 */
export function draftWeights(split: Split, weights: readonly number[]): void {
  useDrafts.setState(({ bySplit }) => {
    const key = splitKey(split);
    const begun = bySplit[key];
    // A route that gained or lost a destination cannot take the old numbers; the operator starts from what is there.
    const seen = begun?.weights.length === weights.length ? begun.seen : split;
    if (sameWeights(seen, weights)) return { bySplit: without(bySplit, key) };
    return { bySplit: { ...bySplit, [key]: { seen, weights: [...weights] } } };
  });
}

/** Puts one split back: nothing pending. */
export function discardDraft(split: SplitPlace): void {
  useDrafts.setState(({ bySplit }) => ({ bySplit: without(bySplit, splitKey(split)) }));
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

function without(bySplit: Drafts['bySplit'], gone: string): Drafts['bySplit'] {
  return Object.fromEntries(Object.entries(bySplit).filter(([key]) => key !== gone));
}

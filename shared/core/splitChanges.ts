import { longestRangeSeconds } from '../model/signals.ts';
import type { Split } from '../model/weights.ts';

/** Somebody's change of the document that declares a split. */
export interface SplitChange {
  /** As it stood when the change was first seen; `changedBy` is whose it was, and when. */
  readonly split: Split;
  /** Whether the weights are others than before it; null where it was not seen before. */
  readonly movedWeights: boolean | null;
}

/** Documents name their latest change only: those before it are known as far as they were seen. */
interface SplitChanges {
  /** Takes down what is new in `after`; `before` is what the same source said last, if anything. */
  note(before: readonly Split[], after: readonly Split[], now: number): void;
  /** Those of each split, in the order in which they were seen. */
  all(): SplitChange[];
}

/** What a chart has room for: of a split that is changed all the time, the latest are kept. */
const mostOfOne = 50;

/** Remembers changes for as long as a chart can reach back. */
export function createSplitChanges(): SplitChanges {
  const bySplit = new Map<string, readonly SplitChange[]>();

  function isNew({ id, changedBy }: Split): boolean {
    if (changedBy === null || changedBy.at === null) return false;
    const known = bySplit.get(id) ?? [];
    const same = (one: Split['changedBy']) => one?.at === changedBy.at && one.who === changedBy.who;
    return !known.some(({ split }) => same(split.changedBy));
  }

  function forgetBefore(from: number): void {
    for (const [id, changes] of bySplit) {
      const kept = changes.filter(({ split }) => (split.changedBy?.at ?? 0) >= from).slice(-mostOfOne);
      if (kept.length === 0) bySplit.delete(id);
      else bySplit.set(id, kept);
    }
  }

  return {
    note(before, after, now) {
      for (const split of after.filter(isNew)) {
        const former = before.find(({ id }) => id === split.id);
        const movedWeights = former === undefined ? null : weightsOf(former) !== weightsOf(split);
        bySplit.set(split.id, [...(bySplit.get(split.id) ?? []), { split, movedWeights }]);
      }
      forgetBefore(now - longestRangeSeconds * 1000);
    },
    all: () => [...bySplit.values()].flat(),
  };
}

const weightsOf = ({ destinations }: Split): string =>
  JSON.stringify(destinations.map(({ host, subset, weight }) => [host, subset, weight]));

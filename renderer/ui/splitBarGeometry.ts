/** A handle between two versions that give and take: the nearest unlocked ones on either side. */
export interface SplitHandle {
  readonly left: number;
  readonly right: number;
}

/** Where the handles are: one between each two neighbouring versions that are not locked. */
export function handlesOf(count: number, locked: ReadonlySet<number>): readonly SplitHandle[] {
  const free = Array.from({ length: count }, (_, index) => index).filter((index) => !locked.has(index));
  return free.slice(1).map((right, index) => ({ left: free[index] ?? 0, right }));
}

/** What the weights add up to; a destination that names none takes none. */
export function sumOf(weights: readonly (number | null)[]): number {
  return weights.reduce<number>((sum, weight) => sum + (weight ?? 0), 0);
}

/** Gives the left version `leftWeight` and the right one the rest of what the two had: the sum never moves. */
export function moveTo(
  weights: readonly number[],
  { left, right }: SplitHandle,
  leftWeight: number,
): readonly number[] {
  const both = (weights[left] ?? 0) + (weights[right] ?? 0);
  const given = Math.min(both, Math.max(0, Math.round(leftWeight)));
  return weights.map((weight, index) => (index === left ? given : index === right ? both - given : weight));
}

/** The left version's weight when the handle stands at `position` (0..1 along the bar). */
export function leftWeightAt(weights: readonly number[], handle: SplitHandle, position: number): number {
  return position * sumOf(weights) - sumOf(weights.slice(0, handle.left));
}

/** Where the handle stands along the bar, 0..1. */
export function positionOf(weights: readonly (number | null)[], { left }: SplitHandle): number {
  const total = sumOf(weights);
  return total > 0 ? sumOf(weights.slice(0, left + 1)) / total : 0;
}

/** One press of an arrow: a hundredth of the whole, and never less than the one that a whole number can move by. */
export function stepOf(weights: readonly number[]): number {
  return Math.max(1, Math.round(sumOf(weights) / 100));
}

import type { MeasuredSplit, Split } from '../../../shared/model/weights.ts';

/**
 * The split a card shows when its service has several: the one that takes all requests before those that match some, since
 * what matches less carries less; no source counts requests by route. Only routes over two versions or more are splits.
 */
export function busiestSplit(splits: readonly Split[]): Split | null {
  const dividing = splits.filter((split) => split.destinations.length > 1);
  return dividing.find((split) => split.route.match === 'all requests') ?? dividing[0] ?? null;
}

/**
 * The shares that a card draws, by place in the split; null where nothing was counted. A card has no room to say that they
 * are of before: once no newer reading comes there are none, and the inspector has the last ones with their time.
 */
export function sharesNow(
  { id, destinations }: Pick<Split, 'id' | 'destinations'>,
  { value, problem }: { readonly value: readonly MeasuredSplit[] | null; readonly problem: string | null },
): readonly (number | null)[] | null {
  const shares = problem === null ? value?.find(({ splitId }) => splitId === id)?.shares : undefined;
  if (shares === undefined) return null;
  return destinations.map(({ index }) => shares.find((each) => each.index === index)?.share ?? null);
}

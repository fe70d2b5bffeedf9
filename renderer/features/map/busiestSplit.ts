import type { Split } from '../../../shared/model/weights.ts';

/**
 * The split a card shows when its service has several: the one that takes all requests before those that match some, since
 * what matches less carries less; no source counts requests by route. Only routes over two versions or more are splits.
 */
export function busiestSplit(splits: readonly Split[]): Split | null {
  const dividing = splits.filter((split) => split.destinations.length > 1);
  return dividing.find((split) => split.route.match === 'all requests') ?? dividing[0] ?? null;
}

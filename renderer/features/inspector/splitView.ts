import type { GraphVersion } from '../../../shared/model/graph.ts';
import type { MeasuredSplit, Split } from '../../../shared/model/weights.ts';
import { formatClockSeconds, formatSpan } from '../../ui/format.ts';

/** Whether its weights can be moved from here at all. */
export function canBeDragged(split: Split): boolean {
  return split.readOnly === null && split.ownership?.decidesWeights !== true && split.destinations.length > 1;
}

/** Busiest first, by calls counted; those without counts keep the document's order at the end. */
export function busiestFirst(splits: readonly Split[], measured: readonly MeasuredSplit[]): readonly Split[] {
  const totals = new Map(measured.map((each) => [each.splitId, each.total]));
  return splits
    .map((split, place) => ({ split, place, total: totals.get(split.id) ?? -1 }))
    .sort((a, b) => b.total - a.total || a.place - b.place)
    .map(({ split }) => split);
}

/** Shares by place in the split; null when nothing was counted. */
export function measuredShares(
  split: Split,
  measured: MeasuredSplit | null,
): readonly (number | null)[] | null {
  if (measured === null || measured.total === 0) return null;
  return split.destinations.map(
    ({ index }) => measured.shares.find((share) => share.index === index)?.share ?? null,
  );
}

/** How the counting of a service's splits stands. */
export interface Counting {
  /** Some reading has come, whether or not it counted all. */
  readonly isRead: boolean;
  /** Why no newer reading comes; null while they come. */
  readonly problem: string | null;
  /** How many sources give figures; null while some has still to give its first. */
  readonly sources: number | null;
}

/**
 * Why no share is drawn, or why it is not of now; null where it is both. A count goes back to when the split was last changed,
 * two minutes at most.
 */
export function countingWords(
  measured: MeasuredSplit | null,
  { isRead, problem, sources }: Counting,
): string | null {
  if (measured === null) {
    if (problem !== null)
      return `The calls by this route could not be counted: ${problem} It is tried again.`;
    if (sources === 0) return 'The calls by this route are not counted: no source of figures was found.';
    if (sources === null || !isRead) return 'The calls by this route are not counted yet.';
    return 'The last reading did not count the calls by this route. It is tried again.';
  }
  const until = formatClockSeconds(measured.until);
  const span = formatSpan(Math.max(1_000, measured.until - measured.since));
  if (measured.total > 0)
    return problem === null ? null : `Calls are not counted any more since ${until}: ${problem}`;
  return problem === null
    ? `No calls by this route were counted in the last ${span}.`
    : `No calls by this route were counted in the ${span} until ${until}. They are not counted any more: ${problem}`;
}

/** Which proxies a split governs, in words. */
export function governed(gateways: readonly string[]): string {
  const named = gateways.filter((gateway) => gateway !== 'mesh');
  const sidecars = gateways.includes('mesh') || gateways.length === 0 ? ['sidecars'] : [];
  const words = [...sidecars, ...named.map((gateway) => `gateway ${gateway}`)];
  return `for ${words.join(' and ')}`;
}

/**
 * The colour of a version wherever it is drawn: its place among the split's destinations, so that map, weights and charts
 * agree; versions that get no calls by it come after.
 */
export function toneOf(
  version: string,
  split: Split | null,
  versions: readonly Pick<GraphVersion, 'version'>[],
): number {
  const known = (split?.destinations ?? []).map((destination) => destination.version ?? destination.title);
  const others = versions.map((each) => each.version).filter((each) => !known.includes(each));
  const place = [...known, ...others].indexOf(version);
  return place === -1 ? 0 : place;
}

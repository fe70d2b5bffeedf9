import { formatCount, formatPercent, formatPerSecond } from '../../../shared/analysis/formats.ts';
import { sharesOf } from '../../../shared/analysis/weights.ts';
import type { GreyRoute } from '../../../shared/model/routing.ts';
import type { Signals } from '../../../shared/model/signals.ts';
import type { MeasuredSplit, Split } from '../../../shared/model/weights.ts';

/** What traffic can be asked about one route beside the weights. */
export interface GreyEvidence {
  readonly route: GreyRoute;
  /** All beside the same split. */
  readonly routes: readonly GreyRoute[];
  readonly split: Split;
  /** Null where nothing counts calls. */
  readonly measured: MeasuredSplit | null;
  /** Figures of the service's versions, as the versions themselves have them. */
  readonly versions: Readonly<Record<string, Signals>>;
}

/**
 * What the traffic says of a route: counted where counts tell its calls apart, reckoned where only the whole shows them, and
 * else why they cannot be told apart.
 */
export function trafficOf(evidence: GreyEvidence): string {
  const { route, split, measured } = evidence;
  if (measured === null || measured.total === 0) return 'No calls were counted since it stands so.';
  const own = measured.callers.find(({ routeId }) => routeId === route.id);
  if (own !== undefined) return callerWords(route, own.counts, split);
  if (route.kind === 'mirror') return mirrorWords(evidence, measured);
  return shareWords(evidence, measured);
}

function callerWords({ destination, match }: GreyRoute, counts: readonly number[], split: Split): string {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const who = match?.caller?.name ?? 'the caller';
  if (total === 0) return `No calls of ${who} were counted since it stands so.`;
  const place = split.destinations.findIndex(({ index }) => index === destination);
  const title = split.destinations[place]?.title ?? 'there';
  return `${formatCount(counts[place] ?? 0)} of ${formatCount(total)} calls of ${who} went to ${title}.`;
}

/** Metrics carry no headers; what takes the route shows in what its version gets beyond its weight. */
function shareWords({ route, routes, split }: GreyEvidence, measured: MeasuredSplit): string {
  const untold = 'Figures carry no headers, so its calls are counted with all others';
  const place = split.destinations.findIndex(({ index }) => index === route.destination);
  const to = split.destinations[place];
  const share = measured.shares.find(({ index }) => index === to?.index);
  const byWeight = sharesOf(split.destinations.map(({ weight }) => weight ?? 0))[place];
  if (to === undefined || share?.share == null || byWeight === undefined || byWeight === null)
    return `${untold}.`;
  const seen = `${to.title} gets ${formatPercent(share.share)} of ${formatCount(measured.total)} calls, and its weight is ${formatPercent(byWeight)}`;
  const isAlone = routes.every((other) => other === route || other.kind === 'mirror');
  if (!isAlone || byWeight === 1 || share.low === null || share.high === null) return `${untold}: ${seen}.`;
  const beyond = (of: number) => Math.max(0, (of - byWeight) / (1 - byWeight));
  if (share.low <= byWeight) return `${untold}: ${seen}, so that too few calls take it to be seen yet.`;
  const bounds = `${formatPercent(beyond(share.low))}–${formatPercent(beyond(share.high))}`;
  return `${untold}: ${seen}, so that about ${formatPercent(beyond(share.share))} of all calls take it (95 %: ${bounds}).`;
}

/** Callers' proxies do not count copies, the version does: what it gets beyond what was sent to it are copies. */
function mirrorWords({ route, split, versions }: GreyEvidence, measured: MeasuredSplit): string {
  const untold = 'Copies are counted with the calls that the version gets anyway.';
  const to = split.destinations.find(({ index }) => index === route.destination);
  const got = rateOf(versions, to?.version);
  if (to === undefined || got === null) return untold;
  const shareOf = (index: number) => measured.shares.find((one) => one.index === index)?.share ?? null;
  const others = split.destinations.filter((one) => one !== to && (shareOf(one.index) ?? 0) > 0);
  const rates = others.map(({ version }) => rateOf(versions, version));
  const share = shareOf(to.index);
  const rest = others.reduce((sum, { index }) => sum + (shareOf(index) ?? 0), 0);
  if (share === null || rest === 0 || rates.includes(null))
    return `${to.title} gets ${formatPerSecond(got)} rps. ${untold}`;
  const sent = (rates.reduce<number>((sum, rate) => sum + (rate ?? 0), 0) / rest) * share;
  const copies = Math.max(0, got - sent);
  return `${to.title} gets ${formatPerSecond(got)} rps, of which callers sent ${formatPerSecond(sent)}: about ${formatPerSecond(copies)} rps are copies.`;
}

const rateOf = (versions: GreyEvidence['versions'], version: string | null | undefined): number | null =>
  version == null ? null : (versions[version]?.requestsPerSecond ?? null);

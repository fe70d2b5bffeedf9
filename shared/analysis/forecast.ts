import type { GraphVersion } from '../model/graph.ts';
import type { Plan } from '../model/plan.ts';
import type { HealthThresholds } from '../model/settings.ts';
import type { Signals } from '../model/signals.ts';
import type { Split } from '../model/weights.ts';
import { formatList, formatPercent, formatPerSecond } from './formats.ts';
import { sumIfKnown } from './sumIfKnown.ts';
import { sharesOf } from './weights.ts';

/** What is known when weights are about to change. */
export interface ForecastInput {
  readonly split: Pick<Split, 'destinations'>;
  readonly weightsAfter: readonly number[];
  /** Figures by version over `windowSeconds`; empty when nothing measures them. */
  readonly signals: Readonly<Record<string, Signals>>;
  readonly versions: readonly GraphVersion[];
  /** Of destinations that are services of their own, by their host. */
  readonly backends?: ReadonlyMap<string, BackendStanding>;
  readonly windowSeconds: number;
  readonly thresholds: HealthThresholds;
}

/** How a service stands that a route sends calls to, under its own name on the map. */
export interface BackendStanding {
  /** Of all its calls, by whatever way they came; null where nothing measures it. */
  readonly signals: Signals | null;
  /** Null where it is not known. */
  readonly readyInstances: number | null;
  readonly thresholds: HealthThresholds;
}

/** What will happen, in sentences with figures, and whether that leads away from what fails. */
export interface Forecast {
  readonly sentences: string[];
  readonly direction: Plan['direction'];
  /** Titles of destinations that fail now and get more calls. */
  readonly towards: readonly string[];
  /** Titles of destinations that get more calls and have none by which to judge whether they fail. */
  readonly unjudged: readonly string[];
}

interface Outlook {
  readonly title: string;
  readonly before: number;
  readonly after: number;
  /** As counted: of a service of its own all its calls, by whatever way they came. */
  readonly requestsPerSecond: number | null;
  readonly errorRatio: number | null;
  readonly failing: boolean;
  readonly ready: number | null;
  /** Its figures are those of a service of its own. */
  readonly isBackend: boolean;
  /** It is a service of its own, of whose calls nothing is known. */
  readonly isUncounted: boolean;
}

/** Foretells rates, load per instance and failures from present ones, taking each version to stay as it is. */
export function forecast(input: ForecastInput): Forecast {
  const outlooks = outlooksOf(input);
  const unmeasured = outlooks.filter((one) => one.requestsPerSecond === null);
  const total = totalOf(outlooks);
  const rateBefore: RateOf = (one) =>
    !one.isBackend ? one.requestsPerSecond : total === null ? null : one.before * total;
  const failedBefore = failuresOf(outlooks, rateBefore);
  const failedAfter = failuresOf(outlooks, (one) => (total === null ? null : one.after * total));
  const sentences: string[] = [];
  const moving = outlooks.filter((one) => one.after !== one.before);
  if (moving.length === 0) sentences.push('The shares stay as they are.');
  else if (total === null || total === 0) {
    const isIdle = outlooks.every((one) => one.requestsPerSecond === 0);
    const why =
      isIdle || unmeasured.length === outlooks.length
        ? 'No calls are measured now'
        : unmeasured.length === 0
          ? 'How many of the calls measured come by this route is not known'
          : `How many calls ${formatList(unmeasured.map((one) => one.title))} gets now is not known`;
    sentences.push(`${moving.map(sayShareMove).join(', ')}. ${why}, so nothing can be said about rates.`);
  } else sentences.push(sayRates(moving, total, rateBefore));
  const measured = total !== null && total > 0;
  if (moving.length > 0 && measured && failedBefore !== null && failedAfter !== null) {
    sentences.push(sayFailures(failedBefore, failedAfter));
  }
  const unknown = outlooks.filter((one) => one.after > one.before && one.errorRatio === null);
  if (unknown.length > 0 && measured) {
    sentences.push(
      `How many calls fail at ${formatList(unknown.map((one) => one.title))} is not known: it had none to be judged by.`,
    );
  }
  const backends = outlooks.filter((one) => one.isBackend && one.requestsPerSecond !== null);
  if (backends.length > 0 && moving.length > 0) sentences.push(sayOtherWays(backends));
  return {
    sentences,
    ...directionOf(outlooks, failedBefore, failedAfter),
    unjudged: unknown.filter((one) => !one.failing).map((one) => one.title),
  };
}

function outlooksOf(input: ForecastInput): Outlook[] {
  const { split, weightsAfter, signals, versions, backends, windowSeconds } = input;
  const before = sharesOf(split.destinations.map(({ weight }) => weight));
  const after = sharesOf(weightsAfter);
  const measured =
    Object.keys(signals).length > 0 || [...(backends?.values() ?? [])].some((one) => one.signals !== null);
  // Where others are measured, what was given no calls and shows none had none; what was given some is not known.
  const withoutFigures = (i: number) => (measured && before[i] === 0 ? 0 : null);
  return split.destinations.map((destination, i) => {
    const key = destination.version ?? destination.subset ?? destination.title;
    const version = versions.find((candidate) => candidate.version === destination.version);
    const own = Object.hasOwn(signals, key) ? signals[key] : undefined;
    const backend = backends?.get(destination.host);
    // What is counted as a version of the service came by its name, and so by the route.
    const isBackend = own === undefined && (backend?.signals ?? null) !== null;
    const one = own ?? backend?.signals ?? undefined;
    const isUncounted =
      own === undefined && backend !== undefined && (backend.signals?.requestsPerSecond ?? null) === null;
    const thresholds = (own === undefined ? backend?.thresholds : undefined) ?? input.thresholds;
    const requestsPerSecond = one === undefined ? withoutFigures(i) : one.requestsPerSecond;
    const errorRatio = one?.errorRatio ?? null;
    const ready = destination.readyInstances ?? backend?.readyInstances ?? version?.readyInstances ?? null;
    const enough =
      requestsPerSecond !== null && requestsPerSecond * windowSeconds + 0.5 >= thresholds.minimumCalls;
    const broken = ready === 0 || destination.problem !== null;
    return {
      title: destination.title,
      before: before[i] ?? 0,
      after: after[i] ?? 0,
      requestsPerSecond,
      errorRatio,
      failing: broken || (enough && errorRatio !== null && errorRatio >= thresholds.failingErrorRatio),
      ready,
      isBackend,
      isUncounted,
    };
  });
}

type RateOf = (one: Outlook) => number | null;

/**
 * Calls a second by the route, null where not known. All calls to a service of its own are no fewer than its share of them, so
 * that the least of `rate / share` is the most there can be; what has no share gets none of them.
 */
function totalOf(outlooks: readonly Outlook[]): number | null {
  if (!outlooks.some((one) => one.isBackend)) return sumIfKnown(outlooks.map((one) => one.requestsPerSecond));
  const totals = outlooks
    .filter((one) => one.before > 0)
    .map((one) => (one.requestsPerSecond === null ? null : one.requestsPerSecond / one.before));
  const known = totals.filter((total) => total !== null);
  return known.length === 0 || known.length < totals.length ? null : Math.min(...known);
}

/** Null where a rate is not known, or a version that gets calls has no ratio to go by. */
function failuresOf(outlooks: readonly Outlook[], rateOf: RateOf): number | null {
  let failed = 0;
  for (const one of outlooks) {
    const rate = rateOf(one);
    if (rate === null) return null;
    if (rate === 0) continue;
    if (one.errorRatio === null) return null;
    failed += rate * one.errorRatio;
  }
  return failed;
}

function sayRates(moving: readonly Outlook[], total: number, rateBefore: RateOf): string {
  // What shrinks first: it is what the change is about.
  const ordered = [...moving].sort((a, b) => a.after - a.before - (b.after - b.before));
  const parts = ordered.map((one, i) => {
    const from = formatPerSecond(rateBefore(one));
    const rate = one.after * total;
    const unit = i === 0 ? ' requests a second' : '';
    const move =
      one.after === 0
        ? `from ${from}${unit} to none`
        : `from ${from} to about ${formatPerSecond(rate)}${unit}`;
    return `${one.title} ${i === 0 ? 'goes ' : ''}${move}${sayLoad(one, rate, rateBefore(one))}`;
  });
  return `${parts.join(', ')}.`;
}

/** Only for what grows: load per instance is what could hurt. */
function sayLoad(one: Outlook, rate: number, rateBefore: number | null): string {
  if (one.after <= one.before || one.ready === null) return '';
  if (one.ready === 0) return ' with no instance ready to take them';
  if (one.ready === 1) return ' over 1 ready instance';
  if (one.isUncounted)
    return ` over ${one.ready} ready instances: ${formatPerSecond(rate / one.ready)} each, beside other calls, of which nothing is known`;
  const otherwise = one.isBackend ? (one.requestsPerSecond ?? 0) - (rateBefore ?? 0) : 0;
  const own = formatPerSecond(rate / one.ready);
  const all = formatPerSecond((rate + otherwise) / one.ready);
  return ` over ${one.ready} ready instances: ${all} each${all === own ? '' : ' with its other calls'}`;
}

function sayOtherWays(backends: readonly Outlook[]): string {
  const all = backends.map((one) => `${one.title} (${formatPerSecond(one.requestsPerSecond)} a second)`);
  return `Figures are from all calls to ${formatList(all)}, also those that come another way: fewer may come by this route.`;
}

function sayShareMove(one: Outlook): string {
  return `${one.title} goes from ${formatPercent(one.before)} to ${formatPercent(one.after)} of the calls`;
}

function sayFailures(before: number, after: number): string {
  const [from, to] = [formatPerSecond(before), formatPerSecond(after)];
  if (from === to) return `At present rates, failed calls stay at about ${from} a second.`;
  const verb = after < before ? 'fall' : 'rise';
  return `At present rates, failed calls ${verb} from ${from} to about ${to} a second.`;
}

/** Towards harm when what fails gets more calls, unless still more fail where they come from. */
function directionOf(
  outlooks: readonly Outlook[],
  failedBefore: number | null,
  failedAfter: number | null,
): Pick<Forecast, 'direction' | 'towards'> {
  const gaining = outlooks.filter((one) => one.failing && one.after > one.before);
  const losing = outlooks.filter((one) => one.failing && one.after < one.before);
  const fewer = failedBefore !== null && failedAfter !== null && failedAfter < failedBefore;
  if (gaining.length > 0 && !(losing.length > 0 && fewer)) {
    return { direction: 'towardsHarm', towards: gaining.map((one) => one.title) };
  }
  return { direction: losing.length > 0 ? 'awayFromHarm' : 'neutral', towards: [] };
}

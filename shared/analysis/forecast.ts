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
}

interface Outlook {
  readonly title: string;
  readonly before: number;
  readonly after: number;
  readonly requestsPerSecond: number | null;
  readonly errorRatio: number | null;
  readonly failing: boolean;
  readonly ready: number | null;
  /** Its figures are those of a service of its own. */
  readonly isBackend: boolean;
}

/** Foretells rates, load per instance and failures from present ones, taking each version to stay as it is. */
export function forecast(input: ForecastInput): Forecast {
  const outlooks = outlooksOf(input);
  const unmeasured = outlooks.filter((one) => one.requestsPerSecond === null);
  const total = sumIfKnown(outlooks.map((one) => one.requestsPerSecond));
  const failedBefore = failuresOf(outlooks, (one) => one.requestsPerSecond);
  const failedAfter = failuresOf(outlooks, (one) => (total === null ? null : one.after * total));
  const sentences: string[] = [];
  const moving = outlooks.filter((one) => one.after !== one.before);
  if (moving.length === 0) sentences.push('The shares stay as they are.');
  else if (total === null || total === 0) {
    const why =
      total === 0 || unmeasured.length === outlooks.length
        ? 'No calls are measured now'
        : `How many calls ${formatList(unmeasured.map((one) => one.title))} gets now is not known`;
    sentences.push(`${moving.map(sayShareMove).join(', ')}. ${why}, so nothing can be said about rates.`);
  } else sentences.push(sayRates(moving, total));
  const measured = total !== null && total > 0;
  const untried = outlooks.filter(
    (one) => one.after > one.before && one.before > 0 && one.errorRatio === null,
  );
  const firstCalls = outlooks.filter((one) => one.after > 0 && one.before === 0);
  if (moving.length > 0 && measured && failedBefore !== null && failedAfter !== null) {
    sentences.push(sayFailures(failedBefore, failedAfter));
  }
  const unknown = [...new Set([...untried, ...firstCalls].map((one) => one.title))];
  if (unknown.length > 0 && measured) {
    sentences.push(
      `How many calls fail at ${formatList(unknown)} is not known: it had none to be judged by.`,
    );
  }
  const backends = outlooks.filter((one) => one.isBackend && one.requestsPerSecond !== null);
  if (backends.length > 0 && moving.length > 0)
    sentences.push(
      `Figures of ${formatList(backends.map((one) => one.title))} are of all calls to ${backends.length === 1 ? 'it' : 'them'}, also of those that come another way.`,
    );
  return { sentences, ...directionOf(outlooks, failedBefore, failedAfter) };
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
    // What is counted as a version of the service came by its name, and so by the route.
    const backend = own === undefined ? backends?.get(destination.host) : undefined;
    const one = own ?? backend?.signals ?? undefined;
    const thresholds = backend?.thresholds ?? input.thresholds;
    const requestsPerSecond = one === undefined ? withoutFigures(i) : one.requestsPerSecond;
    const errorRatio = one?.errorRatio ?? null;
    const ready = destination.readyInstances ?? version?.readyInstances ?? backend?.readyInstances ?? null;
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
      isBackend: backend !== undefined && backend.signals !== null,
    };
  });
}

/** Null where a rate is not known, or a version that gets calls has no ratio to go by. */
function failuresOf(outlooks: readonly Outlook[], rateOf: (one: Outlook) => number | null): number | null {
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

function sayRates(moving: readonly Outlook[], total: number): string {
  // What shrinks first: it is what the change is about.
  const ordered = [...moving].sort((a, b) => a.after - a.before - (b.after - b.before));
  const parts = ordered.map((one, i) => {
    const from = formatPerSecond(one.requestsPerSecond);
    const rate = one.after * total;
    const unit = i === 0 ? ' requests a second' : '';
    const move =
      one.after === 0
        ? `from ${from}${unit} to none`
        : `from ${from} to about ${formatPerSecond(rate)}${unit}`;
    return `${one.title} ${i === 0 ? 'goes ' : ''}${move}${sayLoad(one, rate)}`;
  });
  return `${parts.join(', ')}.`;
}

/** Only for what grows: load per instance is what could hurt. */
function sayLoad(one: Outlook, rate: number): string {
  if (one.after <= one.before || one.ready === null) return '';
  if (one.ready === 0) return ' with no instance ready to take them';
  if (one.ready === 1) return ' over 1 ready instance';
  return ` over ${one.ready} ready instances: ${formatPerSecond(rate / one.ready)} each`;
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

import type { CallId, EntityId } from '../model/entity.ts';
import type { GraphCall, GraphService } from '../model/graph.ts';
import type { Verdict, VerdictSentence } from '../model/inspect.ts';
import type { HealthThresholds } from '../model/settings.ts';
import type { CallSignals, Mark, ServiceSignals, Signals } from '../model/signals.ts';
import type { Split } from '../model/weights.ts';
import { type Cause, findCause, sayCause } from './cause.ts';
import { formatAge, formatList, formatPercent, formatPerSecond, formatRps } from './formats.ts';
import { divide, sumOf } from './weights.ts';

/** What a verdict on one service is made from. */
export interface VerdictInput {
  readonly service: GraphService;
  readonly signals: ServiceSignals | null;
  readonly windowSeconds: number;
  readonly thresholds: HealthThresholds;
  readonly services: readonly GraphService[];
  readonly calls: readonly GraphCall[];
  readonly callSignals: ReadonlyMap<CallId, CallSignals>;
  readonly serviceSignals: ReadonlyMap<EntityId, ServiceSignals>;
  /** When the present trouble began, from `onsetOf`; null when no series tells. */
  readonly onsetAt: number | null;
  /** Deployments and operations, of this service and of others. */
  readonly marks: readonly Mark[];
  /** Calls that are stopped on purpose, and until when; a null caller: all of them. */
  readonly tripped?: readonly TrippedCall[];
  /** Splits that divide this service's calls. */
  readonly splits: readonly Split[];
  /** "Prometheus 2.53 · Istio metrics": where the figures are from. */
  readonly source: string;
  readonly formatTime: (at: number) => string;
}

/** A call that a trip holds. */
export interface TrippedCall {
  readonly calleeId: EntityId;
  /** Null: whoever calls. */
  readonly callerName: string | null;
  /** Epoch ms. */
  readonly until: number;
  readonly by: string;
}

/** Changes this long before an onset may have brought it about. */
const BEFORE_MS = 10 * 60_000;
/** Samples are as old as a scrape, so a cause can seem to lie a little after its effect. */
const AFTER_MS = 20_000;

/** What fails and how much, since when, what changed just before, where it comes from, what to do next. */
export function verdictOf(input: VerdictInput): Verdict {
  const { service, signals, source } = input;
  if (signals === null) {
    return {
      health: 'unknown',
      headline: 'Not known: no source of figures answers',
      sentences: [],
      suggestions: [],
      causeId: null,
    };
  }
  const troubled = signals.health === 'failing' || signals.health === 'degraded';
  const sentences: VerdictSentence[] = [];
  if (troubled) {
    const change = sayChange(input);
    if (change !== null) sentences.push(change);
    const versions = sayVersions(signals, input);
    if (versions !== null) sentences.push({ text: versions, evidence: source });
  }
  const cause = troubled && losesCalls(signals) ? findCause(input) : null;
  if (cause !== null) sentences.push({ text: sayCause(service, cause), evidence: source });
  const onPurpose = cause === null ? null : sayTrip(cause, input);
  if (onPurpose !== null) sentences.push(onPurpose);
  const rest = signals.reasons.filter(
    (reason) => !/ of calls fail/.test(reason) && !headlineOf(input).includes(reason),
  );
  if (rest.length > 0)
    sentences.push({ text: `${upper(formatList(rest))}.`, evidence: evidenceOfRest(rest, source) });
  return {
    health: signals.health,
    headline: headlineOf(input),
    sentences,
    suggestions: troubled ? suggestionsOf(input) : [],
    causeId: cause?.path.at(-1)?.id ?? null,
  };
}

/** Failures that an operator brought about are said to be that. */
function sayTrip(
  { path }: Cause,
  { service, tripped = [], formatTime }: VerdictInput,
): VerdictSentence | null {
  const callee = path.at(-1);
  const caller = path.at(-2) ?? service;
  const trip = tripped.find(
    ({ calleeId, callerName }) =>
      calleeId === callee?.id && (callerName === null || callerName === caller.name),
  );
  if (trip === undefined || callee === undefined) return null;
  return {
    text: `That is on purpose: calls to ${callee.name} are tripped until ${formatTime(trip.until)}, by ${trip.by}.`,
    evidence: 'the trip’s own document',
  };
}

/** When a ratio went over its threshold for the last time and stayed there up to now; null when it is not over it now. */
export function onsetOf(
  series: {
    readonly from: number;
    readonly stepSeconds: number;
    readonly values: readonly (number | null)[];
  },
  threshold: number,
): number | null {
  let onset: number | null = null;
  let quiet = 0;
  for (let i = series.values.length - 1; i >= 0; i -= 1) {
    const value = series.values[i] ?? null;
    if (value === null) continue;
    if (value >= threshold) {
      onset = i;
      quiet = 0;
      continue;
    }
    // One better moment does not end a failure; two do.
    quiet += 1;
    if (quiet >= 2) break;
  }
  // Over it from the first point on means that it began earlier than anyone can see.
  return onset === null || onset === 0 ? null : series.from + onset * series.stepSeconds * 1000;
}

function headlineOf(input: VerdictInput): string {
  const { signals, onsetAt, formatTime } = input;
  if (signals === null) return '';
  const { health, requestsPerSecond, failedPerSecond, errorRatio } = signals;
  const since = onsetAt === null ? '' : ` since ${formatTime(onsetAt)}`;
  const reason = signals.reasons[0];
  if (health === 'failing' || health === 'degraded') {
    const word = health === 'failing' ? 'Failing' : 'Degraded';
    const aboutCalls = reason === undefined || / of calls fail/.test(reason);
    if (!aboutCalls) return `${word}: ${reason}`;
    const lost = `${formatPercent(errorRatio)} of calls${since}, ${formatPerSecond(failedPerSecond)} a second`;
    return health === 'failing' ? `Failing ${lost}` : `Degraded: failing ${lost}`;
  }
  if (health === 'unknown') return `Not known: ${reason ?? 'no calls seen'}`;
  const failing = errorRatio === 0 ? 'none fails' : `${formatPercent(errorRatio)} fail`;
  return `Healthy: ${formatRps(requestsPerSecond)}, ${failing}`;
}

/** The last thing that changed shortly before it began. */
function sayChange(input: VerdictInput): VerdictSentence | null {
  const { onsetAt, marks, service } = input;
  if (onsetAt === null) return null;
  const near = marks.filter((mark) => mark.at >= onsetAt - BEFORE_MS && mark.at <= onsetAt + AFTER_MS);
  const own = near.filter((mark) => mark.serviceId === service.id);
  const mark = (own.length > 0 ? own : near).reduce<Mark | null>(
    (last, one) => (last === null || one.at > last.at ? one : last),
    null,
  );
  if (mark === null) return null;
  const gap = onsetAt - mark.at;
  const when = gap > 0 ? `Began ${formatAge(gap)} after` : 'Began with';
  const evidence =
    mark.kind === 'operation'
      ? 'journal'
      : mark.kind === 'deployment'
        ? 'revisions of the workload'
        : 'events';
  return { text: `${when} “${mark.title}”.`, evidence };
}

/** Versions side by side where they differ: worst first. */
function sayVersions(signals: ServiceSignals, input: VerdictInput): string | null {
  const judged = Object.entries(signals.versions).flatMap(([version, one]) =>
    one.errorRatio !== null && hasEnough(one, input) ? [{ version, errorRatio: one.errorRatio }] : [],
  );
  judged.sort((a, b) => b.errorRatio - a.errorRatio);
  const [worst, best] = [judged[0], judged.at(-1)];
  if (worst === undefined || best === undefined || worst === best) return null;
  if (worst.errorRatio < input.thresholds.degradedErrorRatio || worst.errorRatio < best.errorRatio * 2)
    return null;
  const parts = judged.map(
    ({ version, errorRatio }, i) => `${version}${i === 0 ? ' fails' : ''} ${formatPercent(errorRatio)}`,
  );
  const apart = failsByVersions(signals) ? '' : ' Most of what fails is counted for no version.';
  return `${parts.join(', ')}.${apart}`;
}

/** Whether at least half of what fails is counted for some version; taken to be so while that is not known. */
function failsByVersions({ versions, failedPerSecond }: ServiceSignals): boolean {
  if (failedPerSecond === null) return true;
  let ofVersions = 0;
  for (const one of Object.values(versions)) {
    if (one.failedPerSecond === null) return true;
    ofVersions += one.failedPerSecond;
  }
  return ofVersions * 2 >= failedPerSecond;
}

/** Sending a failing version to nothing is offered only where versions fail at all, and another one is healthy and has instances. */
function suggestionsOf(input: VerdictInput): Verdict['suggestions'] {
  const { splits, signals, thresholds } = input;
  if (signals === null || !failsByVersions(signals)) return [];
  const suggestions: Verdict['suggestions'] = [];
  for (const split of splits) {
    if (split.readOnly !== null || split.ownership?.decidesWeights === true || split.destinations.length < 2)
      continue;
    const weights = split.destinations.map((destination) => destination.weight ?? 0);
    const figures = split.destinations.map((destination) => {
      const key = destination.version ?? destination.subset ?? destination.title;
      return Object.hasOwn(signals.versions, key) ? signals.versions[key] : undefined;
    });
    const good = split.destinations.map((destination, i) => {
      const one = figures[i];
      const calm =
        one !== undefined && hasEnough(one, input) && (one.errorRatio ?? 1) < thresholds.degradedErrorRatio;
      return calm && destination.problem === null && destination.readyInstances !== 0;
    });
    split.destinations.forEach((destination, i) => {
      const one = figures[i];
      if (one === undefined || (weights[i] ?? 0) === 0 || !hasEnough(one, input)) return;
      if (one.errorRatio === null || one.errorRatio < thresholds.failingErrorRatio) return;
      if (!good.some(Boolean)) return;
      const base = weights.map((weight, k) => (good[k] ? Math.max(weight, 1) : 0));
      const kept = weights.map((weight, k) => (k === i || good[k] ? 0 : weight));
      const moved = divide(sumOf([sumOf(weights), -sumOf(kept)]), base);
      suggestions.push({
        title: `Send ${destination.title} to 0 %`,
        connectionId: split.connectionId,
        splitId: split.id,
        weights: moved.map((weight, k) => weight + (kept[k] ?? 0)),
      });
    });
  }
  return suggestions;
}

function hasEnough(one: Signals, input: VerdictInput): boolean {
  const { requestsPerSecond } = one;
  return (
    requestsPerSecond !== null &&
    requestsPerSecond * input.windowSeconds + 0.5 >= input.thresholds.minimumCalls
  );
}

function losesCalls(signals: ServiceSignals): boolean {
  return signals.failedPerSecond !== null && signals.failedPerSecond > 0;
}

function evidenceOfRest(reasons: readonly string[], source: string): string {
  return reasons.some((reason) => /ready|restart/.test(reason)) ? 'instances' : source;
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

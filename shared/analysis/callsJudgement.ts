import type { Caller, Diversion, Refusals, Served } from '../model/change.ts';
import type { CountersObservation } from '../model/observations.ts';
import { counterIncreases } from './counterDifferences.ts';
import { formatCount, formatPercentNumber } from './formats.ts';
import { judgeShares, type ShareJudgement } from './shares.ts';

type CounterSeries = CountersObservation['series'][number];

/** What counted calls say about calls that should all be refused, go elsewhere, or be served again. */
export interface CallsJudgement {
  readonly state: 'waiting' | 'seen' | 'contradicted';
  readonly detail: string;
  /** For the next judgement. */
  readonly shares: ShareJudgement;
}

/** What is judged: counters of the callee's host, and of where calls are diverted to. */
export interface CallsEvidence {
  readonly expectation: Refusals | Diversion | Served;
  readonly series: readonly CounterSeries[];
  readonly since: number;
  readonly now: number;
  readonly previous: CallsJudgement | null;
}

/** All or nothing shows in few calls. */
const minimumCalls = 30;

/** Judges one more look: of the calls the expectation is about, how many went as wanted? Give the previous judgement back. */
export function judgeCalls({ expectation, series, since, now, previous }: CallsEvidence): CallsJudgement {
  const { series: grown } = counterIncreases(series, since);
  // The callee's own proxies name what their policies denied; of their callers only a class may be known.
  const atCallee = grown.some(({ series: one, increase }) => increase > 0 && isAtCallee(one, expectation));
  let asWanted = 0;
  let otherwise = 0;
  let stopped = 0;
  const limited = refusedByLimits(series, grown, expectation);
  for (const { series: one, increase } of grown) {
    if (atCallee ? !isAtCallee(one, expectation) : one.atCallee !== undefined) continue;
    if (!atCallee && !isOfCaller(one, expectation.caller)) continue;
    // Counted among the answers too.
    if (one.stoppedBy === 'limit') continue;
    if (one.stoppedBy !== undefined) stopped += increase;
    const verdict = limited === null ? classify(one, expectation) : whole(one, expectation);
    if (verdict === 'wanted') asWanted += increase;
    if (verdict === 'otherwise') otherwise += increase;
  }
  if (limited !== null) {
    if (expectation.kind === 'refusals') [asWanted, otherwise] = [limited, Math.max(0, otherwise - limited)];
    else [asWanted, otherwise] = [Math.max(0, asWanted - limited), limited];
  }
  const shares = judgeShares({
    expected: [{ share: 1 }, { share: 0 }],
    counts: [asWanted, otherwise],
    now,
    previous: previous?.shares ?? null,
    minimumCalls,
  });
  const detail = words(expectation, asWanted, asWanted + otherwise, shares);
  const said = atCallee ? ', counted by its own proxies' : sayStopped(expectation, stopped);
  return { state: shares.state, detail: `${detail}${said}`, shares };
}

/**
 * Calls that limits of the callers' proxies refused, which tells their 503 from the service's own; null where proxies do not
 * count them, or the expectation is about something else.
 */
function refusedByLimits(
  series: readonly CounterSeries[],
  grown: readonly { readonly series: CounterSeries; readonly increase: number }[],
  expectation: CallsEvidence['expectation'],
): number | null {
  if (expectation.kind === 'diversion' || expectation.how !== 'limit') return null;
  const isMeant = (one: CounterSeries): boolean =>
    one.stoppedBy === 'limit' && sameHost(one.host, expectation.host) && isOfCaller(one, expectation.caller);
  if (!series.some(isMeant)) return null;
  return grown.reduce((sum, { series: one, increase }) => sum + (isMeant(one) ? increase : 0), 0);
}

/** Of which side a call is before those that limits refused are told apart. */
const whole = (
  { host }: CounterSeries,
  expectation: CallsEvidence['expectation'],
): 'wanted' | 'otherwise' | null =>
  !sameHost(host, expectation.host) ? null : expectation.kind === 'refusals' ? 'otherwise' : 'wanted';

/** Counted by a proxy of the callee; of one caller's calls alone these say nothing. */
function isAtCallee({ atCallee }: CounterSeries, expectation: CallsEvidence['expectation']): boolean {
  if (atCallee === undefined || expectation.kind === 'diversion' || expectation.caller !== null) return false;
  return atCallee.names.some((name) => expectation.proxies?.includes(name));
}

/** What is said of calls that proxies answered themselves where they do not say for which host. */
function sayStopped(expectation: CallsEvidence['expectation'], stopped: number): string {
  if (stopped === 0 || expectation.kind === 'diversion') return '';
  const count = `${formatCount(stopped)} were answered by the callers’ proxies themselves`;
  if (expectation.kind === 'served') return `; ${count}, which do not say for which host`;
  return expectation.otherStops == null
    ? ' (proxies count what they answer themselves without the host)'
    : `; ${count}, but these do not say for which host, and ${expectation.otherStops}`;
}

function classify(
  series: CounterSeries,
  expectation: CallsEvidence['expectation'],
): 'wanted' | 'otherwise' | null {
  const here = sameHost(series.host, expectation.host);
  if (series.atCallee !== undefined)
    return series.atCallee.denied === (expectation.kind === 'refusals') ? 'wanted' : 'otherwise';
  switch (expectation.kind) {
    case 'refusals':
      // Counted without a host: only where nothing else can make these proxies answer so.
      if (series.stoppedBy !== undefined)
        return series.stoppedBy === expectation.how && expectation.otherStops == null ? 'wanted' : null;
      if (!here) return null;
      return isRefusal(series, expectation) ? 'wanted' : 'otherwise';
    case 'served':
      if (!here) return null;
      if (expectation.how === 'policy') return series.responseCode === '403' ? 'otherwise' : 'wanted';
      // Statistics of a limit carry no flags: a 503 may be its own.
      if (expectation.how === 'limit' && series.flags.length === 0)
        return series.responseCode === '503' ? 'otherwise' : 'wanted';
      return series.flags.some((flag) => expectation.flags.includes(flag)) ? 'otherwise' : 'wanted';
    case 'diversion': {
      const there =
        sameHost(series.host, expectation.to.host) &&
        (expectation.to.subset === null || series.subset === null || series.subset === expectation.to.subset);
      // Another version of the same host: the host alone tells nothing.
      if (there) return 'wanted';
      return here ? 'otherwise' : null;
    }
  }
}

/** By our flag where a fault is injected; else by the status, or by its class where only that is counted. */
function isRefusal(series: CounterSeries, { flags, status, how }: Refusals): boolean {
  const flagged = series.flags.some((flag) => flags.includes(flag));
  if (series.flags.length > 0 && flags.length > 0) return flagged;
  const code = series.responseCode === String(status);
  switch (how) {
    case 'fault':
      // The service's own answer can have the same status; without the flag it is taken for that.
      return flagged;
    case 'policy':
      return code || series.responseCode === `${String(status).charAt(0)}xx`;
    case 'answer':
      // What no version answered, nobody but the proxy did.
      return code && series.version === null && series.subset === null;
    default:
      return code && series.failed;
  }
}

/** Whether a counter counts calls of this caller, by any name that the metrics give it. */
export function isOfCaller(series: CounterSeries, caller: Caller | null): boolean {
  if (caller === null) return true;
  const names = series.callerNames ?? [series.caller];
  return names.includes(`${caller.namespace ?? ''}/${caller.name}`);
}

const sameHost = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

const wantedWords = {
  refusals: 'were answered as wanted',
  diversion: 'went to the fallback as wanted',
  served: 'reached it without a refusal or detour of ours',
} as const;

/** Callers from outside have no proxy, and of what a callee's proxy denied only its own statistics tell. */
const sayDenialsUncounted = (expectation: CallsEvidence['expectation']): string =>
  expectation.kind === 'refusals' && expectation.how === 'policy'
    ? ', and what the callee’s proxies deny to callers without one only where they export it (Envoy: http.*.rbac.denied)'
    : '';

function words(
  expectation: CallsEvidence['expectation'],
  asWanted: number,
  total: number,
  shares: ShareJudgement,
): string {
  if (total === 0)
    return `no calls counted yet since it took effect: without traffic nothing can be measured${sayDenialsUncounted(expectation)}`;
  const share = formatPercentNumber(asWanted / total, 1);
  const said = `${share} % of ${formatCount(total)} calls since it took effect ${wantedWords[expectation.kind]}`;
  if (shares.state === 'contradicted') return `${said}; it stays so`;
  if (shares.state === 'seen') return said;
  return total < minimumCalls
    ? `${said}; at least ${minimumCalls} calls are needed for a verdict`
    : `${said}; not there yet`;
}

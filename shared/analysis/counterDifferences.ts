import type { CountersObservation } from '../model/observations.ts';
import type { Shares } from '../model/change.ts';

type CounterSeries = CountersObservation['series'][number];

/** By how much one counter grew. */
export interface CounterIncrease {
  readonly series: CounterSeries;
  readonly increase: number;
  /** How often it began anew: a proxy or service restarted. */
  readonly resets: number;
}

/** What every counter grew by over one stretch of time that lies wholly after `since`. */
export interface Increases {
  /** Sample times between which was counted; null before there are two. */
  readonly from: number | null;
  readonly until: number | null;
  readonly series: readonly CounterIncrease[];
}

/** Targets are scraped at different moments; one that is later than this after the first is taken as lost. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Calls counted per destination of an expectation since a time, in the order of its destinations. Differences are taken
 * between samples that both lie after `since`, so that no call from before the write is counted.
 */
export function counterDifferences(
  series: readonly CounterSeries[],
  expectation: Pick<Shares, 'destinations'>,
  since: number,
): number[] {
  const { series: grown } = counterIncreases(series, since);
  return expectation.destinations.map((destination) =>
    grown
      .filter(({ series: one }) => goesTo(one, destination, expectation))
      .reduce((sum, { increase }) => sum + increase, 0),
  );
}

/** The increases themselves, with when they were counted and how many resets were crossed. */
export function counterIncreases(series: readonly CounterSeries[], since: number): Increases {
  const from = baselineAt(series, since);
  if (from === null) return { from: null, until: null, series: [] };
  const until = Math.max(...series.map((one) => one.samples.at(-1)?.[0] ?? from));
  return { from, until, series: series.map((one) => increaseAfter(one, from)) };
}

/**
 * The moment at which every counter has been read once after `since`. A common one for all: if each counted from its own
 * first sample, versions on targets scraped earlier would count longer.
 */
function baselineAt(series: readonly CounterSeries[], since: number): number | null {
  const firsts = series
    // Those that appear only after `since` are new counters: they were nothing at the baseline.
    .filter((one) => (one.samples[0]?.[0] ?? Infinity) <= since)
    .map((one) => one.samples.find(([at]) => at > since)?.[0] ?? Infinity)
    .filter(Number.isFinite);
  const all =
    firsts.length > 0
      ? firsts
      : series.flatMap((one) => one.samples[0]?.[0] ?? []).filter((at) => at > since);
  if (all.length === 0) return null;
  const earliest = Math.min(...all);
  return Math.max(...all.filter((at) => at <= earliest + LONGEST_WAIT_MS));
}

function increaseAfter(series: CounterSeries, from: number): CounterIncrease {
  let increase = 0;
  let resets = 0;
  // A counter that nobody had seen by the baseline began at zero after it.
  let before: number | null = null;
  for (const [at, value] of series.samples) {
    if (at <= from) {
      before = value;
      continue;
    }
    if (before === null) increase += value;
    else if (value < before) {
      // Began anew from zero between two samples; what it counted in between up to the restart is lost.
      increase += value;
      resets += 1;
    } else increase += value - before;
    before = value;
  }
  return { series, increase, resets };
}

type Destination = Shares['destinations'][number];

/** Whether a counter counts calls to a destination: by subset where both say one, else by version, else by host alone. */
function goesTo(
  series: CounterSeries,
  destination: Destination,
  expectation: Pick<Shares, 'destinations'>,
): boolean {
  if (!sameHost(series.host, destination.host)) return false;
  if (series.subset !== null && destination.subset !== null) return series.subset === destination.subset;
  if (series.version !== null && destination.version !== null) return series.version === destination.version;
  // Nothing tells them apart: then it may only be counted where the host leads to one destination.
  const sharing = expectation.destinations.filter((other) => sameHost(series.host, other.host));
  return sharing.length === 1;
}

/** `payment` and `payment.shop.svc.cluster.local` are the same host; the full names of two namespaces are not. */
function sameHost(a: string, b: string): boolean {
  if (a === b) return true;
  const [long, short] = a.length > b.length ? [a, b] : [b, a];
  return long.startsWith(`${short}.`) && (!short.includes('.') || /^[^.]+\.[^.]+(\.svc)?$/.test(short));
}

import type { Signals } from '../model/signals.ts';
import { mergeBuckets, quantileMs, type Bucket } from './buckets.ts';
import { roundMs, roundPerSecond, roundRatio } from './formats.ts';

/** Counts that can still be added: rates and latency buckets, unrounded. */
export interface Tally {
  readonly requestsPerSecond: number;
  readonly failedPerSecond: number;
  readonly histograms: readonly (readonly Bucket[])[];
}

/** The sum of several tallies. */
export function addTallies(tallies: readonly Tally[]): Tally {
  return {
    requestsPerSecond: tallies.reduce((sum, one) => sum + one.requestsPerSecond, 0),
    failedPerSecond: tallies.reduce((sum, one) => sum + one.failedPerSecond, 0),
    histograms: tallies.flatMap((one) => one.histograms),
  };
}

/** Figures as they are drawn. Without a tally nothing is known, and nothing is not zero. */
export function roundedSignals(tally: Tally | null): Signals {
  if (tally === null) {
    return {
      requestsPerSecond: null,
      failedPerSecond: null,
      errorRatio: null,
      p50Ms: null,
      p90Ms: null,
      p99Ms: null,
    };
  }
  const { requestsPerSecond, failedPerSecond } = tally;
  const buckets = mergeBuckets(tally.histograms);
  const quantile = (share: number): number | null => {
    const ms = quantileMs(share, buckets);
    return ms === null ? null : roundMs(ms);
  };
  return {
    requestsPerSecond: roundPerSecond(requestsPerSecond),
    failedPerSecond: roundPerSecond(failedPerSecond),
    errorRatio: requestsPerSecond > 0 ? roundRatio(Math.min(1, failedPerSecond / requestsPerSecond)) : null,
    p50Ms: quantile(0.5),
    p90Ms: quantile(0.9),
    p99Ms: quantile(0.99),
  };
}

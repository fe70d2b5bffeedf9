import type { HealthThresholds } from '../model/settings.ts';

/** A service's requests and failures over time; null is a gap. Each point stands for the step before it. */
export interface PastLines {
  readonly from: number;
  readonly stepSeconds: number;
  readonly requestsPerSecond: readonly (number | null)[];
  readonly failedPerSecond: readonly (number | null)[];
}

/** How a service failed in a time that is over. */
export interface PastFailure {
  readonly health: 'failing' | 'degraded';
  readonly from: number;
  /** Null while it goes on. */
  readonly to: number | null;
  /** 0..1, of the worst step with enough calls. */
  readonly worstErrorRatio: number;
  /** Of the whole time, also where a step had too few calls for a verdict. */
  readonly lostCalls: number;
  /** How many times it began. */
  readonly times: number;
}

/** When a service was degraded or failing by the thresholds of the map, and what that cost; null where it never was. */
export function pastFailure(
  { from, stepSeconds, requestsPerSecond, failedPerSecond }: PastLines,
  { degradedErrorRatio, failingErrorRatio, minimumCalls }: HealthThresholds,
): PastFailure | null {
  const stepMs = stepSeconds * 1000;
  let lost = 0;
  let worst = 0;
  let times = 0;
  let first: number | null = null;
  let last = -1;
  requestsPerSecond.forEach((requests, i) => {
    const failed = failedPerSecond[i] ?? null;
    if (requests === null || failed === null) return;
    lost += failed * stepSeconds;
    if (requests * stepSeconds < minimumCalls || failed / requests < degradedErrorRatio) return;
    worst = Math.max(worst, failed / requests);
    // One good step between two bad ones is no recovery.
    if (first === null || i - last > 2) times += 1;
    first ??= i;
    last = i;
  });
  if (first === null) return null;
  return {
    health: worst >= failingErrorRatio ? 'failing' : 'degraded',
    // What failed from the first step on began who knows when before: nothing is told of a time that was not asked for.
    from: from + Math.max(0, first - 1) * stepMs,
    to: last >= requestsPerSecond.length - 2 ? null : from + last * stepMs,
    worstErrorRatio: Math.min(1, worst),
    lostCalls: Math.round(lost),
    times,
  };
}

/** When figures begin within the time that was asked for; null where they reach back to its beginning, or there are none. */
export function figuresSince({ from, stepSeconds, requestsPerSecond }: PastLines): number | null {
  const first = requestsPerSecond.findIndex((value) => value !== null);
  // The very first points may lie before a window's worth of samples.
  return first > 2 ? from + first * stepSeconds * 1000 : null;
}

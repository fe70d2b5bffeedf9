import type { Window } from './evaluation.ts';

/**
 * Prometheus's rate, increase and delta (promql/functions.go, extrapolatedRate, as of 2.42): the difference between
 * first and last sample, counter resets added back, stretched to the ends of the range where the outer samples are
 * near enough (1.1 average intervals), else by half an interval, and never to before a counter would have been zero.
 */
export function extrapolatedRate(window: Window, counter: boolean, perSecond: boolean): number | null {
  const { times, values, count, startMs, endMs } = window;
  if (count < 2) return null;
  const first = values[0] ?? 0;
  const firstAt = times[0] ?? 0;
  const lastAt = times[count - 1] ?? 0;
  let result = (values[count - 1] ?? 0) - first;
  if (counter) {
    let before = first;
    for (let index = 1; index < count; index += 1) {
      const value = values[index] ?? 0;
      if (value < before) result += before;
      before = value;
    }
  }
  let toStart = (firstAt - startMs) / 1000;
  const toEnd = (endMs - lastAt) / 1000;
  const sampled = (lastAt - firstAt) / 1000;
  const average = sampled / (count - 1);
  if (counter && result > 0 && first >= 0) {
    const toZero = sampled * (first / result);
    if (toZero < toStart) toStart = toZero;
  }
  const threshold = average * 1.1;
  let stretched = sampled;
  stretched += toStart < threshold ? toStart : average / 2;
  stretched += toEnd < threshold ? toEnd : average / 2;
  let factor = stretched / sampled;
  if (perSecond) factor /= (endMs - startMs) / 1000;
  return result * factor;
}

/** The rate, or for a gauge the difference, between the last two samples. */
export function instantRate(window: Window, counter: boolean): number | null {
  const { times, values, count } = window;
  if (count < 2) return null;
  const last = values[count - 1] ?? 0;
  const before = values[count - 2] ?? 0;
  if (!counter) return last - before;
  const elapsedMs = (times[count - 1] ?? 0) - (times[count - 2] ?? 0);
  if (elapsedMs === 0) return null;
  return (last < before ? last : last - before) / (elapsedMs / 1000);
}

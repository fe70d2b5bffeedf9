import type { Window } from './evaluation.ts';
import { extrapolatedRate, instantRate } from './extrapolate.ts';

/** A function of the samples of one series in a range; null when it has no result. */
export type RangeFunction = (window: Window) => number | null;

/** Every function that takes a range vector. */
export const rangeFunctions: Readonly<Record<string, RangeFunction>> = {
  rate: (window) => extrapolatedRate(window, true, true),
  increase: (window) => extrapolatedRate(window, true, false),
  delta: (window) => extrapolatedRate(window, false, false),
  irate: (window) => instantRate(window, true),
  idelta: (window) => instantRate(window, false),
  resets: (window) => steps(window, (before, value) => value < before),
  changes: (window) => steps(window, (before, value) => value !== before),
  sum_over_time: sum,
  avg_over_time: (window) => sum(window) / window.count,
  min_over_time: (window) => fold(window, Math.min),
  max_over_time: (window) => fold(window, Math.max),
  count_over_time: (window) => window.count,
  last_over_time: (window) => window.values[window.count - 1] ?? null,
  present_over_time: () => 1,
};

function steps(window: Window, counts: (before: number, value: number) => boolean): number {
  let total = 0;
  for (let index = 1; index < window.count; index += 1) {
    if (counts(window.values[index - 1] ?? 0, window.values[index] ?? 0)) total += 1;
  }
  return total;
}

function fold(window: Window, pick: (left: number, right: number) => number): number {
  let result = window.values[0] ?? 0;
  for (let index = 1; index < window.count; index += 1) result = pick(result, window.values[index] ?? 0);
  return result;
}

/** Neumaier's compensated sum, as Prometheus sums over time. */
function sum(window: Window): number {
  let total = 0;
  let lost = 0;
  for (let index = 0; index < window.count; index += 1) {
    const value = window.values[index] ?? 0;
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return Number.isFinite(total) ? total + lost : total;
}

import type { Series } from '../../shared/model/signals.ts';
import { zoneAheadMs } from './format.ts';

/** One position on a chart's time axis; `values[i]` belongs to series i, null is a gap. */
export interface ChartPoint {
  readonly at: number;
  readonly values: readonly (number | null)[];
}

/** No chart draws more than this: beyond it drawing costs more than the eye gains. */
export const mostPoints = 120;

/**
 * Turns series into at most 120 points. Where several samples share a place, the place keeps their lowest and highest in
 * the order they came, so that a short spike is never averaged away; a place without any sample stays a gap.
 */
export function chartPoints(
  from: number,
  stepSeconds: number,
  series: readonly Series[],
): readonly ChartPoint[] {
  const length = Math.max(0, ...series.map((line) => line.values.length));
  const stepMs = stepSeconds * 1000;
  if (length <= mostPoints) {
    return Array.from({ length }, (_, index) => ({
      at: from + index * stepMs,
      values: series.map((line) => line.values[index] ?? null),
    }));
  }
  const size = Math.ceil((length * 2) / mostPoints);
  const points: ChartPoint[] = [];
  for (let start = 0; start < length; start += size) {
    const extremes = series.map((line) => extremesOf(line.values.slice(start, start + size)));
    const half = (Math.min(size, length - start) * stepMs) / 2;
    points.push({ at: from + start * stepMs, values: extremes.map(([first]) => first) });
    points.push({ at: from + start * stepMs + half, values: extremes.map(([, second]) => second) });
  }
  return points;
}

function extremesOf(values: readonly (number | null)[]): readonly [number | null, number | null] {
  let lowest: number | null = null;
  let highest: number | null = null;
  let lowestAt = 0;
  let highestAt = 0;
  values.forEach((value, index) => {
    if (value === null) return;
    if (lowest === null || value < lowest) [lowest, lowestAt] = [value, index];
    if (highest === null || value > highest) [highest, highestAt] = [value, index];
  });
  return lowestAt <= highestAt ? [lowest, highest] : [highest, lowest];
}

/** Round ticks from zero that hold `highest`: four at most, so that a small chart stays readable. */
export function ticksFor(highest: number): readonly number[] {
  if (!(highest > 0)) return [0, 1];
  const rough = highest / 2;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((unit) => unit * power).find((unit) => unit >= rough) ?? rough;
  const ticks = [0, step, step * 2];
  // 10 000 does not make 0.1 + 0.2 look exact; a dozen digits do.
  return ticks.map((tick) => Number(tick.toPrecision(12)));
}

/** Clock times for the axis: at most `most`, on whole minutes or whole parts of an hour. */
export function timeTicks(from: number, until: number, most: number): readonly number[] {
  const minute = 60_000;
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((count) => count * minute);
  const step = steps.find((candidate) => (until - from) / candidate <= most) ?? 1440 * minute;
  const ahead = zoneAheadMs(from);
  const first = Math.ceil((from + ahead) / step) * step - ahead;
  const ticks: number[] = [];
  for (let at = first; at <= until; at += step) ticks.push(at);
  return ticks;
}

/** A mark's label on the time axis: which side of its line it stands on. */
export type LabelSide = 'left' | 'right';

/**
 * Marks whose labels find room, newest first, by place in `marks`; the others keep their line. A label stands right of its
 * line, or left where it would run out of the chart.
 */
export function placeLabels(
  marks: readonly { readonly at: number; readonly roomMs: number }[],
  until: number,
): ReadonlyMap<number, LabelSide> {
  const taken: { readonly begin: number; readonly end: number }[] = [];
  const placed = new Map<number, LabelSide>();
  const order = marks.map((mark, place) => ({ ...mark, place })).sort((a, b) => b.at - a.at);
  for (const { at, roomMs, place } of order) {
    const side = at + roomMs > until ? 'left' : 'right';
    const begin = side === 'left' ? at - roomMs : at;
    const end = begin + roomMs;
    if (taken.some((other) => begin < other.end && other.begin < end)) continue;
    taken.push({ begin, end });
    placed.set(place, side);
  }
  return placed;
}

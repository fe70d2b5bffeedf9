import type { ChartPoint } from './chartPoints.ts';

/** Where times and values lie in a chart's drawing, in its own pixels. */
export interface ChartScale {
  readonly from: number;
  readonly until: number;
  /** The value at the upper edge; the lower edge is zero. */
  readonly top: number;
  readonly plot: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
}

export function xOf({ from, until, plot }: ChartScale, at: number): number {
  if (until <= from) return plot.left;
  return round(plot.left + ((at - from) / (until - from)) * (plot.right - plot.left));
}

export function yOf({ top, plot }: ChartScale, value: number): number {
  return round(plot.bottom - (value / top) * (plot.bottom - plot.top));
}

/** The line of one series; a gap breaks it, and a sample between two gaps is a short dash, so that it can be seen. */
export function linePath(points: readonly ChartPoint[], series: number, scale: ChartScale): string {
  let path = '';
  let length = 0;
  points.forEach((point, i) => {
    const value = point.values[series] ?? null;
    if (value === null) {
      length = 0;
      return;
    }
    const [x, y] = [xOf(scale, point.at), yOf(scale, value)];
    path += `${length === 0 ? 'M' : 'L'}${x},${y}`;
    length += 1;
    const next = points[i + 1]?.values[series] ?? null;
    if (length === 1 && next === null) path += `h1`;
  });
  return path;
}

/** The point nearest to a place on the time axis. */
export function pointNear(points: readonly ChartPoint[], scale: ChartScale, x: number): ChartPoint | null {
  let nearest: ChartPoint | null = null;
  let least = Infinity;
  for (const point of points) {
    const away = Math.abs(xOf(scale, point.at) - x);
    if (away < least) [nearest, least] = [point, away];
  }
  return nearest;
}

function round(px: number): number {
  return Math.round(px * 10) / 10;
}

/** Series as charts hold them: `values[i]` belongs to `from + i * stepSeconds * 1000`, null is a gap. */
export interface SteppedValues {
  readonly from: number;
  readonly stepSeconds: number;
  readonly values: readonly (number | null)[];
}

/** A point to draw. */
export interface Point {
  readonly at: number;
  readonly value: number | null;
}

/** What a chart can show. */
export const MOST_POINTS = 120;

/**
 * At most `most` points of a series, in order. Each pixel column keeps its lowest and its highest value where they were, so
 * that no peak is lost; a column in which nothing is known stays a gap, and so does a gap's edge.
 */
export function reduceSeries(series: SteppedValues, most: number = MOST_POINTS): Point[] {
  const points = series.values.map((value, i) => ({
    at: series.from + i * series.stepSeconds * 1000,
    value,
  }));
  if (points.length <= most) return points;
  const columns = Math.max(1, Math.floor(most / 2));
  const reduced: Point[] = [];
  for (let column = 0; column < columns; column += 1) {
    const slice = points.slice(
      Math.floor((column * points.length) / columns),
      Math.floor(((column + 1) * points.length) / columns),
    );
    reduced.push(...extremes(slice));
  }
  return reduced;
}

/** The newest value that is known, with its time; null when all is gap. */
export function newestValue(series: SteppedValues): { readonly at: number; readonly value: number } | null {
  for (let i = series.values.length - 1; i >= 0; i -= 1) {
    const value = series.values[i] ?? null;
    if (value !== null) return { at: series.from + i * series.stepSeconds * 1000, value };
  }
  return null;
}

/** A round top for an axis, at least `least`: 1, 2 or 5 times a power of ten above the highest value. */
export function axisTop(values: Iterable<number | null>, least = 1): number {
  let highest = least;
  for (const value of values)
    if (value !== null && Number.isFinite(value)) highest = Math.max(highest, value);
  const power = 10 ** Math.floor(Math.log10(highest));
  const lead = highest / power;
  const round = lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10;
  return round * power;
}

function extremes(slice: readonly Point[]): Point[] {
  const first = slice[0];
  if (first === undefined) return [];
  const known = slice.filter((point): point is Point & { readonly value: number } => point.value !== null);
  if (known.length === 0) return [{ at: first.at, value: null }];
  const low = known.reduce((least, point) => (point.value < least.value ? point : least));
  const high = known.reduce((most, point) => (point.value > most.value ? point : most));
  if (known.length < slice.length) {
    // Half a gap: one value and one gap keep both visible.
    const gap = slice.find((point) => point.value === null) ?? first;
    return gap.at < high.at ? [gap, high] : [high, gap];
  }
  if (low.at === high.at) return [low];
  return low.at < high.at ? [low, high] : [high, low];
}

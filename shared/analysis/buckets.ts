/** One bucket of a cumulative histogram: how many (or how many a second) took at most `leMs`. */
export interface Bucket {
  readonly leMs: number;
  readonly perSecond: number;
}

/** Adds histograms bucket by bucket. Where their bounds differ, only bounds that all of them have are kept. */
export function mergeBuckets(histograms: readonly (readonly Bucket[])[]): Bucket[] {
  const first = histograms[0];
  if (first === undefined) return [];
  if (histograms.length === 1) return [...first];
  const sums = new Map<number, { perSecond: number; seen: number }>();
  for (const histogram of histograms) {
    for (const { leMs, perSecond } of histogram) {
      const sum = sums.get(leMs);
      if (sum === undefined) sums.set(leMs, { perSecond, seen: 1 });
      else {
        sum.perSecond += perSecond;
        sum.seen += 1;
      }
    }
  }
  return [...sums]
    .filter(([, sum]) => sum.seen === histograms.length)
    .map(([leMs, sum]) => ({ leMs, perSecond: sum.perSecond }))
    .sort((a, b) => a.leMs - b.leMs);
}

/**
 * Quantile of a cumulative histogram, interpolated as Prometheus's `histogram_quantile` does: linear inside the bucket, from
 * zero in the first, and the highest finite bound where it falls into +Inf. Null without observations or without a +Inf bucket.
 */
export function quantileMs(quantile: number, buckets: readonly Bucket[]): number | null {
  const last = buckets[buckets.length - 1];
  if (last === undefined || last.leMs !== Infinity || buckets.length < 2) return null;
  const counts = monotonic(buckets);
  const total = counts[counts.length - 1] ?? 0;
  if (!(total > 0)) return null;
  const rank = quantile * total;
  const at = counts.findIndex((count) => count >= rank);
  const index = at === -1 ? buckets.length - 1 : at;
  if (index === buckets.length - 1) return buckets[buckets.length - 2]?.leMs ?? null;
  const upper = buckets[index]?.leMs ?? 0;
  if (index === 0 && upper <= 0) return upper;
  const lower = index === 0 ? 0 : (buckets[index - 1]?.leMs ?? 0);
  const below = index === 0 ? 0 : (counts[index - 1] ?? 0);
  const inside = (counts[index] ?? 0) - below;
  return inside <= 0 ? upper : lower + (upper - lower) * ((rank - below) / inside);
}

/** Rates of buckets scraped at different moments can fall with `le`; Prometheus lifts them, and so do we. */
function monotonic(buckets: readonly Bucket[]): number[] {
  let highest = 0;
  return buckets.map(
    ({ perSecond }) => (highest = Math.max(highest, Number.isFinite(perSecond) ? perSecond : 0)),
  );
}

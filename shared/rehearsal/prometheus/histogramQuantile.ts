import type { Element } from './evaluation.ts';
import { dropLabels, labelValue, type Labels } from './labels.ts';

interface Bucket {
  readonly upperBound: number;
  count: number;
}

const leAndName = new Set(['le', '__name__']);

/** Prometheus's histogram_quantile over classic buckets: one result per set of labels without `le`. */
export function histogramQuantiles(quantile: number, elements: readonly Element[]): Element[] {
  const histograms = new Map<string, { readonly labels: Labels; readonly buckets: Bucket[] }>();
  for (const { labels, value } of elements) {
    const le = labelValue(labels, 'le');
    const upperBound = le === '+Inf' ? Number.POSITIVE_INFINITY : le === '' ? Number.NaN : Number(le);
    if (Number.isNaN(upperBound)) continue;
    const rest = dropLabels(labels, leAndName);
    const known = histograms.get(rest.key);
    if (known === undefined)
      histograms.set(rest.key, { labels: rest, buckets: [{ upperBound, count: value }] });
    else known.buckets.push({ upperBound, count: value });
  }
  return [...histograms.values()].map(({ labels, buckets }) => ({
    labels,
    value: bucketQuantile(quantile, buckets),
  }));
}

/** The quantile by linear interpolation within its bucket (promql/quantile.go, bucketQuantile). */
export function bucketQuantile(quantile: number, given: readonly Bucket[]): number {
  if (Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return Number.NEGATIVE_INFINITY;
  if (quantile > 1) return Number.POSITIVE_INFINITY;
  const buckets = coalesced(given);
  const last = buckets.at(-1);
  if (last?.upperBound !== Number.POSITIVE_INFINITY || buckets.length < 2) return Number.NaN;
  // Counts of one histogram are scraped at different moments from several peers; they must not fall.
  let most = Number.NEGATIVE_INFINITY;
  for (const bucket of buckets) {
    if (bucket.count > most) most = bucket.count;
    else bucket.count = most;
  }
  if (last.count === 0) return Number.NaN;
  let rank = quantile * last.count;
  let index = buckets.slice(0, -1).findIndex((bucket) => bucket.count >= rank);
  if (index === -1) index = buckets.length - 1;
  const here = buckets[index];
  const before = buckets[index - 1];
  if (here === undefined) return Number.NaN;
  if (index === buckets.length - 1) return before?.upperBound ?? Number.NaN;
  if (before === undefined && here.upperBound <= 0) return here.upperBound;
  const start = before?.upperBound ?? 0;
  const count = here.count - (before?.count ?? 0);
  rank -= before?.count ?? 0;
  return start + (here.upperBound - start) * (rank / count);
}

function coalesced(given: readonly Bucket[]): Bucket[] {
  const result: Bucket[] = [];
  for (const { upperBound, count } of [...given].sort((left, right) => left.upperBound - right.upperBound)) {
    const last = result.at(-1);
    if (last?.upperBound === upperBound) last.count += count;
    else result.push({ upperBound, count });
  }
  return result;
}

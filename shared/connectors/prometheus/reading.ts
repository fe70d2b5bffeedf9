import type { CallRow, LatencyRow, SignalsObservation } from '../kit/signals.ts';
import { keyOf, type Labels, type Series } from './answers.ts';
import type { Asking } from './asking.ts';
import type { Dialect, MetricQuery } from './dialect.ts';
import { rate, selector, sumBy } from './promql.ts';

/** Reads everything that calls, over all namespaces: one query per metric, all of them at once. */
export async function readSignals(
  asking: Asking,
  dialect: Dialect,
  windowSeconds: number,
  signal: AbortSignal,
): Promise<Pick<SignalsObservation, 'calls' | 'latency' | 'newestSampleAt'>> {
  const rates = (query: MetricQuery, positive: boolean) =>
    asking.parted(dialect, query, signal, (select) => {
      const summed = sumBy(query.by, rate(select, windowSeconds));
      // What did not happen is not asked for: it makes most of the rows and none of the picture.
      return positive ? `${summed} > 0` : summed;
    });
  const [requests, latency, tcp, newest] = await Promise.all([
    rates(dialect.requests, true),
    rates(dialect.latency, true),
    // A connection can carry traffic for hours after it was opened, so a rate of nothing still shows that it is there.
    dialect.tcp === null ? [] : rates(dialect.tcp, false),
    asking.vector(`max(timestamp(${selector(dialect.requests.metric, dialect.requests.matchers)}))`, signal),
  ]);
  const sample = newest[0]?.samples[0]?.[1];
  return {
    calls: [...readCalls(dialect, requests), ...readCalls(dialect, tcp)],
    latency: readLatency(dialect, latency),
    newestSampleAt: sample === undefined || !Number.isFinite(sample) ? null : asking.toOurTime(sample * 1000),
  };
}

function readCalls(dialect: Dialect, series: readonly Series[]): CallRow[] {
  const rows: CallRow[] = [];
  for (const { labels, samples } of series) {
    const value = samples[0]?.[1];
    // NaN and infinities come from broken exporters; a rate of either is no measurement.
    if (value === undefined || !Number.isFinite(value) || value < 0) continue;
    const row = dialect.readCall(labels, value);
    if (row !== null && (value > 0 || row.protocol === 'tcp')) rows.push(row);
  }
  return rows;
}

function readLatency(dialect: Dialect, series: readonly Series[]): LatencyRow[] {
  const groups = new Map<
    string,
    { ends: Omit<LatencyRow, 'buckets'>; buckets: { leMs: number; perSecond: number }[] }
  >();
  for (const { labels, samples } of series) {
    const value = samples[0]?.[1];
    const leMs = boundOf(labels);
    if (value === undefined || !Number.isFinite(value) || leMs === null) continue;
    const { le: _, ...rest } = labels;
    const key = keyOf(rest);
    const group = groups.get(key);
    if (group !== undefined) {
      group.buckets.push({ leMs, perSecond: value });
      continue;
    }
    const ends = dialect.readLatency(labels);
    if (ends !== null) groups.set(key, { ends, buckets: [{ leMs, perSecond: value }] });
  }
  return [...groups.values()].map(({ ends, buckets }) => ({
    ...ends,
    buckets: buckets.sort((a, b) => a.leMs - b.leMs),
  }));
}

/** Upper bound of a bucket; null for what is none. */
export function boundOf(labels: Labels): number | null {
  const text = labels['le'];
  if (text === undefined || text === '') return null;
  const bound = text === '+Inf' ? Infinity : Number(text);
  return Number.isNaN(bound) ? null : bound;
}

import type { CallRow, LatencyRow, SignalsObservation } from '../kit/signals.ts';
import { keyOf, type Labels, type Series } from './answers.ts';
import type { Asking } from './asking.ts';
import type { Dialect, Latency, MetricQuery } from './dialect.ts';
import { rate, selector, sumBy } from './promql.ts';

/** Reads everything that calls, over all namespaces: one query per metric, all of them at once. */
export async function readSignals(
  asking: Asking,
  dialect: Dialect,
  windowSeconds: number,
  signal: AbortSignal,
  endedSecondsAgo = 0,
): Promise<
  Pick<SignalsObservation, 'calls' | 'latency' | 'newestSampleAt'> & {
    /** How many calls are not among them, because nobody can say how many of them failed. */
    readonly broken: number;
  }
> {
  // What did not happen is not asked for: it makes most of the rows and none of the picture.
  const rates = (query: MetricQuery, only: '> 0' | '!= 0' | '') =>
    asking.parted(dialect, query, signal, (select) =>
      `${sumBy(query.by, rate(select, windowSeconds, endedSecondsAgo))} ${only}`.trimEnd(),
    );
  const { strangers } = dialect;
  const told = countersOf(dialect).map(({ metric, matchers }) => selector(metric, matchers));
  const [requests, failures, latency, tcp, newest, strange, strangeLatency] = await Promise.all([
    rates(dialect.requests, '> 0'),
    // NaN is above nothing, and it is not nothing.
    dialect.failures === undefined ? [] : rates(dialect.failures, '!= 0'),
    dialect.latency === null ? [] : rates(dialect.latency, '> 0'),
    // A connection can carry traffic for hours after it was opened, so a rate of nothing still shows that it is there.
    dialect.tcp === null ? [] : rates(dialect.tcp, ''),
    asking.vector(`max(${told.map((query) => `timestamp(${query})`).join(' or ')})`, signal),
    strangers === undefined ? [] : rates(strangers.requests, '> 0'),
    strangers === undefined || dialect.latency === null ? [] : rates(strangers.latency, '> 0'),
  ]);
  const sample = newest[0]?.samples[0]?.[1];
  const counted = readCalls(dialect, [...requests, ...strange], failures);
  return {
    calls: [...counted.rows, ...readCalls(dialect, tcp, []).rows],
    broken: counted.broken,
    latency:
      dialect.latency === null
        ? []
        : readLatency(dialect, dialect.latency.unit, [...latency, ...strangeLatency]),
    newestSampleAt: sample === undefined || !Number.isFinite(sample) ? null : asking.toOurTime(sample * 1000),
  };
}

/** What counts requests: those of callers that are named, and those that only the callee heard. */
export const countersOf = ({ requests, strangers }: Dialect): readonly MetricQuery[] =>
  strangers === undefined ? [requests] : [requests, strangers.requests];

function readCalls(
  dialect: Dialect,
  series: readonly Series[],
  failures: readonly Series[],
): { readonly rows: CallRow[]; readonly broken: number } {
  let broken = 0;
  const failed = new Map(failures.map((one) => [keyOf(one.labels), measured(one)]));
  const rows: CallRow[] = [];
  for (const one of series) {
    const value = measured(one);
    if (value === null) continue;
    const row = dialect.readCall(one.labels, value);
    if (row === null || (value === 0 && row.protocol !== 'tcp')) continue;
    if (dialect.failures === undefined) {
      rows.push(row);
      continue;
    }
    const key = keyOf(one.labels);
    const told = failed.get(key);
    // A counter that is broken tells not how many failed; drawn as none, the call would look well.
    if (told === null) {
      broken += 1;
      continue;
    }
    // One that is not there was never moved: such counters appear with the first failure. And they are read one after the
    // other, so the part may be ahead of the whole.
    const bad = Math.min(value, told ?? 0);
    if (value > bad) rows.push({ ...row, failed: false, perSecond: value - bad });
    if (bad > 0) rows.push({ ...row, failed: true, perSecond: bad });
  }
  return { rows, broken };
}

/** NaN and infinities come from broken exporters; a rate of either is no measurement. */
function measured({ samples }: Series): number | null {
  const value = samples[0]?.[1];
  return value === undefined || !Number.isFinite(value) || value < 0 ? null : value;
}

function readLatency(dialect: Dialect, unit: Latency['unit'], series: readonly Series[]): LatencyRow[] {
  const groups = new Map<
    string,
    { ends: Omit<LatencyRow, 'buckets'>; buckets: { leMs: number; perSecond: number }[] }
  >();
  for (const { labels, samples } of series) {
    const value = samples[0]?.[1];
    const leMs = boundOf(labels, unit);
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

/** Upper bound of a bucket in ms; null for what is none. */
export function boundOf(labels: Labels, unit: Latency['unit']): number | null {
  const text = labels['le'];
  if (text === undefined || text === '') return null;
  const bound = text === '+Inf' ? Infinity : Number(text);
  if (Number.isNaN(bound)) return null;
  // 0.005 s is 5 ms, whatever binary fractions make of it.
  return unit === 's' ? Number((bound * 1000).toPrecision(12)) : bound;
}

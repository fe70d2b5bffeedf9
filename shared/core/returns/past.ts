import { anySignal } from '../../connectors/kit/anySignal.ts';
import { sayError } from '../../connectors/kit/peerError.ts';
import type { SeriesObservation } from '../../connectors/kit/connector.ts';
import { formatMs, formatPercent } from '../../analysis/formats.ts';
import type { OperationRecord } from '../../model/record.ts';
import type { WatchCondition, WatchState } from '../../model/watch.ts';
import type { LiveConnection } from '../liveConnection.ts';
import { nameOf } from './conditions.ts';
import { signalsOf, type FigureScope } from './figures.ts';

/** What the figures of a time gone by say about a watch. */
type PastJudgement =
  | { readonly kind: 'passed' }
  | { readonly kind: 'broken'; readonly text: string }
  | { readonly kind: 'unknown'; readonly why: string };

interface PastBy {
  readonly scope: FigureScope;
  readonly since: number;
  readonly minimumCalls: number;
}

/** Of each condition something must have been measured in so much of the watch's end. */
const endMs = 60_000;

/** A condition is broken in the past where two points in a row say so. */
export async function judgePast(
  { watch }: OperationRecord & { readonly watch: WatchState },
  connection: LiveConnection,
  { scope, since, minimumCalls }: PastBy,
): Promise<PastJudgement> {
  const signals = signalsOf(connection);
  if (signals === null) return { kind: 'unknown', why: 'no source has figures of it' };
  const windowSeconds = Math.max(30, 4 * (signals.scrapeIntervalSeconds ?? 5));
  // The first window that lies wholly after the write.
  const from = since + windowSeconds * 1000;
  if (from > watch.endsAt) return { kind: 'unknown', why: 'it was too short to be judged afterwards' };
  const stepSeconds = Math.max(15, Math.ceil((watch.endsAt - from) / 1000 / 120));
  let observed: SeriesObservation;
  try {
    observed = await signals.series(
      { scope: { hosts: scope.hosts }, from, to: watch.endsAt, stepSeconds, windowSeconds, latency: true },
      anySignal([connection.closed, AbortSignal.timeout(30_000)]),
    );
  } catch (thrown) {
    return { kind: 'unknown', why: sayError(thrown, 'reading the figures of then') };
  }
  const atEnd = Math.ceil(endMs / 1000 / stepSeconds);
  let known = true;
  for (const condition of watch.request.conditions) {
    const points = pointsOf(condition, observed, minimumCalls / windowSeconds, stepSeconds);
    // What was measured once and then no more says nothing of the end.
    known &&= points.slice(-atEnd).some((point) => point !== null);
    if (points.some((point, i) => point === true && points[i + 1] === true))
      return { kind: 'broken', text: sayPast(condition) };
  }
  return known ? { kind: 'passed' } : { kind: 'unknown', why: 'there are no figures of its end' };
}

/** Per point of time whether the condition was broken; null where it was not measured. */
function pointsOf(
  condition: WatchCondition,
  { lines }: SeriesObservation,
  leastRate: number,
  stepSeconds: number,
): (boolean | null)[] {
  const own = lines.filter(({ version }) => condition.version === null || version === condition.version);
  const length = Math.max(0, ...lines.map((line) => line.requestsPerSecond.length));
  const all = Array.from({ length }, (_, i) => {
    const rates = own.flatMap((line) => line.requestsPerSecond[i] ?? []);
    const rate = rates.reduce((sum, one) => sum + one, 0);
    switch (condition.kind) {
      case 'errors': {
        const failed = own
          .flatMap((line) => line.failedPerSecond[i] ?? [])
          .reduce((sum, one) => sum + one, 0);
        return rates.length === 0 || rate < leastRate ? null : failed / rate > condition.aboveRatio;
      }
      case 'latency': {
        const slow = own.flatMap((line) => line.p99Ms[i] ?? []);
        return slow.length === 0 || rate < leastRate ? null : Math.max(...slow) > condition.aboveP99Ms;
      }
      case 'noTraffic':
        return rates.length === 0 ? null : rate === 0;
    }
  });
  if (condition.kind !== 'noTraffic') return all;
  const span = Math.ceil(condition.forSeconds / stepSeconds);
  return all.map((point, i) =>
    point === null ? null : i + 1 >= span && all.slice(i + 1 - span, i + 1).every((one) => one === true),
  );
}

function sayPast(condition: WatchCondition): string {
  const who = nameOf(condition.version);
  switch (condition.kind) {
    case 'errors':
      return `errors of ${who} passed ${formatPercent(condition.aboveRatio)} while nobody looked`;
    case 'latency':
      return `p99 of ${who} passed ${formatMs(condition.aboveP99Ms)} while nobody looked`;
    case 'noTraffic':
      return `no call came to ${who} for ${condition.forSeconds} s while nobody looked`;
  }
}

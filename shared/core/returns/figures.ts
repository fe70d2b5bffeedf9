import { counterIncreases } from '../../analysis/counterDifferences.ts';
import type { SignalSource } from '../../connectors/kit/connector.ts';
import type { CountersObservation } from '../../model/observations.ts';
import type { LiveConnection } from '../liveConnection.ts';

/** What is counted: calls to these hosts, without those that a trip of ours refused. */
export interface FigureScope {
  readonly hosts: readonly string[];
  readonly ownFlags: readonly string[];
}

/** Calls to one version, or to all, over one stretch that lies wholly after `since`. */
export interface Figures {
  readonly calls: number;
  readonly failed: number;
  readonly seconds: number;
}

/** Figures since a write, never across it. */
export interface FiguresSince {
  /** Null where nothing was counted: no counter, or not twice yet. */
  calls(version: string | null, since: number): Figures | null;
  /** Null where nothing measured it, or for too short. */
  p99Ms(version: string | null): number | null;
  /** When the newest sample was taken; null where there is none. */
  readonly newestAt: number | null;
}

/** Latency is read over at most this long, so that trouble is seen while it is young. */
const latencyWindowMs = 60_000;

/** The source of a connection's figures now: sources are opened anew when the operator looks again. */
export function signalsOf(connection: LiveConnection): SignalSource | null {
  return connection.sources.find(({ session }) => session.signals !== undefined)?.session.signals ?? null;
}

/** Reads figures since `since`. Throws `PeerError` where the source does not answer. */
export async function readFigures(
  signals: SignalSource,
  { hosts, ownFlags }: FigureScope,
  { since, now, latency }: { readonly since: number; readonly now: number; readonly latency: boolean },
  signal: AbortSignal,
): Promise<FiguresSince> {
  const read = await signals.counters({ hosts, since }, signal);
  const series = read.series.filter(({ flags }) => !flags.some((flag) => ownFlags.includes(flag)));
  const windowSeconds = Math.floor(Math.min(latencyWindowMs, now - since) / 1000);
  const long = windowSeconds >= Math.max(10, 2 * (signals.scrapeIntervalSeconds ?? 5));
  const lines =
    latency && long
      ? (
          await signals.series(
            { scope: { hosts }, from: now, to: now, stepSeconds: 1, windowSeconds, latency: true },
            signal,
          )
        ).lines
      : [];
  const samples = read.series.flatMap((one) => one.samples.at(-1)?.[0] ?? []);
  return {
    newestAt: samples.length === 0 ? null : Math.max(...samples),
    calls: (version, from) => callsOf(series, version, Math.max(since, from)),
    p99Ms(version) {
      const slow = lines
        .filter((line) => version === null || line.version === version)
        .filter((line) => (line.requestsPerSecond.at(-1) ?? 0) > 0)
        .flatMap((line) => line.p99Ms.at(-1) ?? []);
      // Quantiles cannot be averaged: of several versions the slowest speaks.
      return slow.length === 0 ? null : Math.max(...slow);
    },
  };
}

function callsOf(
  series: CountersObservation['series'],
  version: string | null,
  since: number,
): Figures | null {
  // All counters share one beginning; a version that has none yet had no call.
  const { from, until, series: grown } = counterIncreases(series, since);
  if (from === null || until === null || until <= from) return null;
  const own = grown.filter(
    ({ series: one }) =>
      version === null || (one.version ?? one.subset) === version || one.subset === version,
  );
  const sum = (some: typeof own) => some.reduce((total, { increase }) => total + increase, 0);
  return {
    calls: sum(own),
    failed: sum(own.filter(({ series: one }) => one.failed)),
    seconds: (until - from) / 1000,
  };
}

import type { Effect, OperationRecord } from '../model/record.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { Ports } from './ports.ts';

/** The effect of an operation is read this long after it. */
export const effectAfterMs = 120_000;
const windowSeconds = 120;

/** Errors and p99 of the service over two minutes before and two minutes after; null where nothing measures it. */
export async function readEffect(
  record: OperationRecord,
  connection: LiveConnection,
  ports: Ports,
  signal: AbortSignal,
): Promise<Effect | null> {
  const signals = connection.sources.find((source) => source.session.signals !== undefined)?.session.signals;
  if (signals === undefined) return null;
  if (record.expectation.host === null) return null;
  const hosts = [record.expectation.host];
  const at = async (time: number): Promise<Effect['before']> => {
    const observed = await signals.series(
      { scope: { hosts }, from: time, to: time, stepSeconds: 1, windowSeconds, latency: true },
      signal,
    );
    return summarise(observed.lines);
  };
  const before = await at(record.at);
  const after = await at(Math.min(ports.clock.now(), record.at + effectAfterMs));
  return { readAt: ports.clock.now(), windowSeconds, before, after };
}

type Lines = Awaited<
  ReturnType<NonNullable<LiveConnection['sources'][number]['session']['signals']>['series']>
>['lines'];

/** Error ratio over all versions; p99 of the slowest version that had calls, since quantiles cannot be averaged. */
function summarise(lines: Lines): Effect['before'] {
  let requests = 0;
  let failed = 0;
  let known = false;
  let p99Ms: number | null = null;
  for (const line of lines) {
    const rate = line.requestsPerSecond.at(-1) ?? null;
    const lost = line.failedPerSecond.at(-1) ?? null;
    if (rate === null || lost === null) continue;
    known = true;
    requests += rate;
    failed += lost;
    const slow = line.p99Ms.at(-1) ?? null;
    if (rate > 0 && slow !== null) p99Ms = Math.max(p99Ms ?? 0, slow);
  }
  return { errorRatio: known && requests > 0 ? failed / requests : null, p99Ms };
}

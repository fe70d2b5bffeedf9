import { counterDifferences } from '../analysis/counterDifferences.ts';
import { judgeShares, type ShareJudgement } from '../analysis/shares.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { SignalSource } from '../connectors/kit/connector.ts';
import type { OperationRecord } from '../model/operation.ts';
import type { LiveConnection } from './liveConnection.ts';
import { supersededBy, tell, type Climb } from './rungs.ts';

/** How long traffic is waited for before the ladder says that it came too thinly. */
const longestMeasureMs = 10 * 60_000;
/** Proxies get a new configuration within about this time; calls counted earlier may still follow the old one. */
const settleMs = 1_000;

/** Counts calls since the write took effect until they show the wanted shares, or keep speaking against them. */
export async function measure(climb: Climb): Promise<void> {
  const { record, connection, journal, ports, signal } = climb;
  const { expectation } = record;
  if (expectation.ambiguous !== null) {
    await tell(climb, 'measured', 'unobservable', expectation.ambiguous, null);
    return;
  }
  if (signalsOf(connection) === undefined) {
    await tell(climb, 'measured', 'unobservable', 'not observable here: no source of traffic figures', null);
    return;
  }
  const began = ports.clock.now();
  const since = began + settleMs;
  const hosts = [...new Set(expectation.destinations.map((destination) => destination.host))];
  let judged: ShareJudgement | null = null;
  for (;;) {
    const signals = signalsOf(connection);
    await ports.clock.sleep(Math.max(2_000, (signals?.scrapeIntervalSeconds ?? 5) * 1000), signal);
    const superseded = await supersededBy(climb);
    const declared = (await journal.read(record.id))?.rungs.find(({ rung }) => rung === 'declared');
    if (superseded !== null || declared?.state === 'contradicted') {
      const why = superseded ?? 'changed by someone else';
      await tell(climb, 'measured', 'unobservable', `${why} before enough calls were counted`, null);
      return;
    }
    const now = ports.clock.now();
    const late = now - began > longestMeasureMs;
    try {
      const source = signalsOf(connection);
      if (source === undefined) throw new Error('no source of traffic figures at the moment');
      const read = await source.counters({ hosts, since }, signal);
      judged = judgeShares({
        expected: expectation.destinations,
        counts: counterDifferences(read.series, expectation, since),
        now,
        previous: judged,
        before: sharesBefore(record),
      });
      if (judged.state !== 'waiting') {
        await tell(climb, 'measured', judged.state, judged.detail, now);
        return;
      }
      const detail = late ? `${judged.detail}; gave up after ten minutes` : judged.detail;
      await tell(climb, 'measured', late ? 'unobservable' : 'waiting', detail, null);
    } catch (thrown) {
      signal.throwIfAborted();
      const problem = sayError(thrown, 'Counting calls');
      const detail = late ? `${problem}; gave up after ten minutes` : problem;
      await tell(climb, 'measured', late ? 'unobservable' : 'waiting', detail, null);
    }
    if (late) return;
  }
}

/** Looked up each time: sources are opened anew when the operator looks again. */
function signalsOf(connection: LiveConnection): SignalSource | undefined {
  return connection.sources.find((source) => source.session.signals !== undefined)?.session.signals;
}

/** Shares as they were declared before the write; null where that is not known. */
function sharesBefore(record: OperationRecord): number[] | null {
  const { weights } = record.operation.seen;
  const total = weights.reduce<number>((sum, weight) => sum + (weight ?? 0), 0);
  return total === 0 ? null : weights.map((weight) => (weight ?? 0) / total);
}

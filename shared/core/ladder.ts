import { counterDifferences } from '../analysis/counterDifferences.ts';
import { judgeShares, type ShareJudgement } from '../analysis/shares.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { Control } from '../connectors/kit/connector.ts';
import type { OperationRecord, Rung, SetWeights } from '../model/operation.ts';
import type { Split } from '../model/weights.ts';
import { readEffect, effectAfterMs } from './effect.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import { notLoadable } from './operations.ts';
import type { Ports } from './ports.ts';

/** How long traffic is waited for before the ladder says that it came too thinly. */
const longestMeasureMs = 10 * 60_000;
/** Proxies get a new configuration within about this time; calls counted earlier may still follow the old one. */
const settleMs = 1_000;

/** Follows one operation from its receipt to its effect. Everything seen goes to the journal; nothing is thrown. */
export async function climb(
  record: OperationRecord,
  connection: LiveConnection,
  journal: Journal,
  ports: Ports,
): Promise<void> {
  const signal = connection.closed;
  try {
    if (record.state !== 'written' && !(await resolve(record, connection, journal, ports, signal))) return;
    await Promise.all([
      declared(record, connection, journal, ports, signal),
      loaded(record, connection, journal, ports, signal),
      measured(record, connection, journal, ports, signal),
      effect(record, connection, journal, ports, signal),
    ]);
    await journal.update(record.id, (now) => ({ ...now, finishedAt: ports.clock.now() }));
  } catch (thrown) {
    if (!signal.aborted) {
      ports.log.warn('ladder ended early', { operation: record.id, why: sayError(thrown, 'following') });
    }
    await cutOff(journal, record.id, 'the connection was closed before this was seen', ports.clock.now());
  }
}

/**
 * Ends the ladder of a written operation that nobody follows any more. One whose answer is still unknown stays open: it is
 * resolved when its connection opens again.
 */
export async function cutOff(journal: Journal, id: string, why: string, now: number): Promise<void> {
  await journal.update(id, (record) => {
    if (record.state !== 'written' || record.finishedAt !== null) return record;
    const rungs = record.rungs.map((rung) =>
      rung.state === 'waiting' ? { ...rung, state: 'unobservable' as const, detail: why } : rung,
    );
    return { ...record, rungs, finishedAt: now };
  });
}

/** Looked up each time: sources are opened anew when the operator looks again. Throws while there is none. */
function controlOf(connection: LiveConnection): Control<SetWeights, Split> {
  const source = connection.sources.find(({ session }) => session.weights !== undefined);
  if (source?.session.weights === undefined)
    throw new Error(`no source of ${connection.title} reads weights now`);
  return source.session.weights;
}

/** A lost answer is resolved by reading, never by sending again. True when it turned out to be written. */
async function resolve(
  record: OperationRecord,
  connection: LiveConnection,
  journal: Journal,
  ports: Ports,
  signal: AbortSignal,
): Promise<boolean> {
  const change = record.changes[0];
  if (change === undefined) return false;
  let before = 0;
  for (let pauseMs = 500; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 30_000)) {
    try {
      const read = await controlOf(connection).verify(change, signal);
      if (read.state === 'after') {
        await journal.update(record.id, (now) => ({
          ...now,
          state: 'written',
          error: null,
          revisionAfter: read.revision,
          rungs: setRung(
            now.rungs,
            'accepted',
            'seen',
            'no answer came; reading showed that it was written',
            ports.clock.now(),
          ),
        }));
        return true;
      }
      before += 1;
      // A write still in flight may land after the first look, so "before" must hold for a while.
      if (read.state === 'else' || before >= 6) {
        await journal.update(record.id, (now) => ({
          ...now,
          state: 'notWritten',
          error:
            read.state === 'else'
              ? 'No answer came, and since then someone else changed it: look at the document.'
              : 'No answer came, and reading showed that nothing was written.',
          finishedAt: ports.clock.now(),
        }));
        return false;
      }
    } catch (thrown) {
      await journal.update(record.id, (now) => ({
        ...now,
        error: sayError(thrown, 'No answer came; reading what became of it'),
      }));
    }
    await ports.clock.sleep(pauseMs, signal);
  }
  return false;
}

async function declared(
  record: OperationRecord,
  connection: LiveConnection,
  journal: Journal,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  const change = record.changes[0];
  if (change === undefined) return;
  const began = ports.clock.now();
  let seen = false;
  for (let pauseMs = 100; !signal.aborted; pauseMs = seen ? 5_000 : Math.min(pauseMs * 2, 5_000)) {
    const now = ports.clock.now();
    try {
      const read = await controlOf(connection).verify(change, signal);
      if (read.state === 'after' && !seen) {
        seen = true;
        await tell(
          journal,
          record.id,
          'declared',
          'seen',
          `${read.detail} Seen ${now - began} ms after the answer.`,
          now,
        );
      }
      if (read.state !== 'after') {
        const superseded = (await journal.read(record.id))?.undoneBy !== null;
        if (superseded) return;
        await tell(
          journal,
          record.id,
          'declared',
          'contradicted',
          seen ? `changed again since: ${read.detail}` : read.detail,
          now,
        );
        return;
      }
    } catch (thrown) {
      if (signal.aborted) return;
      if (!seen)
        await tell(journal, record.id, 'declared', 'waiting', sayError(thrown, 'Reading it back'), null);
    }
    if (now - began > effectAfterMs + 5_000) return;
    await ports.clock.sleep(pauseMs, signal);
  }
}

async function loaded(
  record: OperationRecord,
  connection: LiveConnection,
  journal: Journal,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  const sources = connection.sources.filter((source) => source.session.proof !== undefined);
  for (let pauseMs = 1_000; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    let waiting = false;
    let last: Rung['detail'] = notLoadable;
    for (const source of sources) {
      const proof = await source.session.proof
        ?.loaded(record.expectation, record.at, signal)
        .catch(() => null);
      if (proof === null || proof === undefined) continue;
      last = proof.detail;
      if (proof.state === 'seen' || proof.state === 'contradicted') {
        await tell(journal, record.id, 'loaded', proof.state, proof.detail, ports.clock.now());
        return;
      }
      waiting ||= proof.state === 'waiting';
    }
    if (!waiting || ports.clock.now() - record.at > effectAfterMs) {
      await tell(journal, record.id, 'loaded', 'unobservable', last, null);
      return;
    }
    await tell(journal, record.id, 'loaded', 'waiting', last, null);
    await ports.clock.sleep(pauseMs, signal);
  }
}

async function measured(
  record: OperationRecord,
  connection: LiveConnection,
  journal: Journal,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  const { expectation } = record;
  const signals = connection.sources.find((source) => source.session.signals !== undefined)?.session.signals;
  if (signals === undefined || expectation.ambiguous !== null) {
    await tell(
      journal,
      record.id,
      'measured',
      'unobservable',
      expectation.ambiguous ?? 'not observable here: no source of traffic figures',
      null,
    );
    return;
  }
  const began = ports.clock.now();
  const since = began + settleMs;
  const hosts = [...new Set(expectation.destinations.map((destination) => destination.host))];
  let judged: ShareJudgement | null = null;
  for (;;) {
    const pauseMs = Math.max(2_000, (signals.scrapeIntervalSeconds ?? 5) * 1000);
    await ports.clock.sleep(pauseMs, signal);
    const current = await journal.read(record.id);
    if (current?.undoneBy !== null && current?.undoneBy !== undefined) {
      await tell(
        journal,
        record.id,
        'measured',
        'unobservable',
        'undone before enough calls were counted',
        null,
      );
      return;
    }
    const now = ports.clock.now();
    try {
      const read = await signals.counters({ hosts, since }, signal);
      const counts = counterDifferences(read.series, expectation, since);
      judged = judgeShares({
        expected: expectation.destinations,
        counts,
        now,
        previous: judged,
        before: sharesBefore(record),
      });
      const late = now - began > longestMeasureMs;
      const state = judged.state === 'waiting' && late ? 'unobservable' : judged.state;
      await tell(
        journal,
        record.id,
        'measured',
        state,
        late && judged.state === 'waiting' ? `${judged.detail}; gave up after ten minutes` : judged.detail,
        judged.state === 'waiting' ? null : now,
      );
      if (state !== 'waiting') return;
    } catch (thrown) {
      if (signal.aborted) return;
      await tell(journal, record.id, 'measured', 'waiting', sayError(thrown, 'Counting calls'), null);
      if (now - began > longestMeasureMs) return;
    }
  }
}

async function effect(
  record: OperationRecord,
  connection: LiveConnection,
  journal: Journal,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  await ports.clock.sleep(Math.max(0, record.at + effectAfterMs - ports.clock.now()), signal);
  const read = await readEffect(record, connection, ports, signal);
  if (read !== null) await journal.update(record.id, (now) => ({ ...now, effect: read }));
}

/** Shares as they were declared before the write; null where that is not known. */
function sharesBefore(record: OperationRecord): number[] | null {
  const { weights } = record.operation.seen;
  const total = weights.reduce<number>((sum, weight) => sum + (weight ?? 0), 0);
  return total === 0 ? null : weights.map((weight) => (weight ?? 0) / total);
}

async function tell(
  journal: Journal,
  id: string,
  rung: Rung['rung'],
  state: Rung['state'],
  detail: string,
  at: number | null,
) {
  await journal.update(id, (now) => ({ ...now, rungs: setRung(now.rungs, rung, state, detail, at) }));
}

function setRung(
  rungs: readonly Rung[],
  rung: Rung['rung'],
  state: Rung['state'],
  detail: string,
  at: number | null,
): Rung[] {
  return rungs.map((old) => (old.rung === rung ? { rung, state, detail, at } : old));
}

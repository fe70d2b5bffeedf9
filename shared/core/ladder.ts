import type { Proof } from '../connectors/kit/connector.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { OperationRecord } from '../model/record.ts';
import { watchDeclared } from './declaredRung.ts';
import { readEffect, effectAfterMs } from './effect.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import { measure } from './measuredRung.ts';
import type { Ports } from './ports.ts';
import { notLoadable } from './planParts.ts';
import { resolveWrite } from './resolveWrite.ts';
import { supersededBy, tell, type Climb } from './rungs.ts';
import { weighProofs } from './weighProofs.ts';

/** Follows one operation from its receipt to its effect. Everything seen goes to the journal; nothing is thrown. */
export async function climb(
  record: OperationRecord,
  connection: LiveConnection,
  journal: Journal,
  ports: Ports,
): Promise<void> {
  const signal = connection.closed;
  const all: Climb = { record, connection, journal, ports, signal };
  try {
    // A peer that never answers must not keep the record open once the connection is closed.
    await Promise.race([climbAll(all), aborted(signal)]);
  } catch (thrown) {
    const why = signal.aborted
      ? 'the connection was closed before this was seen'
      : sayError(thrown, 'Podium could not follow it further');
    if (!signal.aborted) ports.log.warn('ladder ended early', { operation: record.id, why });
    await cutOff(journal, record.id, why, ports.clock.now()).catch((failed: unknown) =>
      ports.log.error('the end of a ladder was not journalled', {
        operation: record.id,
        why: String(failed),
      }),
    );
  }
}

async function climbAll(climb: Climb): Promise<void> {
  if (climb.record.state !== 'written' && !(await resolveWrite(climb))) return;
  await Promise.all([watchDeclared(climb), prove(climb), measure(climb), noteEffect(climb)]);
  await cutOff(
    climb.journal,
    climb.record.id,
    'not seen within the time that Podium watches',
    climb.ports.clock.now(),
  );
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(new Error('closed'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/**
 * Ends the ladder of a written operation; rungs that still wait say why nothing more will be seen. One whose answer is still unknown stays open: it is
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

/** A rollout says itself when it is stuck: after ten minutes, unless its workload says otherwise. */
const longestRolloutMs = 30 * 60_000;

/** Asks whoever can see what proxies, their control plane and workloads hold. */
async function prove(climb: Climb): Promise<void> {
  const { record, connection, ports, signal } = climb;
  if (record.expectation.kind === 'silenced') {
    await tell(climb, 'loaded', 'unobservable', notLoadable(record.operation, record.expectation), null);
    return;
  }
  const rolls = record.expectation.kind === 'rollout';
  const longestMs = rolls ? longestRolloutMs : effectAfterMs;
  for (let pauseMs = 1_000; ; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    const proofs: Proof[] = [];
    for (const { session } of [...connection.sources]) {
      if (session.proof === undefined) continue;
      try {
        const proof = await session.proof.loaded(record.expectation, record.at, signal);
        if (proof !== null) proofs.push(proof);
      } catch (thrown) {
        signal.throwIfAborted();
        // Not being able to ask is no proof of anything, and may pass.
        proofs.push({ state: 'waiting', detail: sayError(thrown, 'Asking what the proxies hold') });
      }
    }
    const judged = weighProofs(proofs);
    if (judged.state === 'seen' || judged.state === 'contradicted') {
      await tell(climb, 'loaded', judged.state, judged.detail, ports.clock.now());
      return;
    }
    const said = judged.detail || notLoadable(record.operation, record.expectation);
    const superseded = rolls ? await supersededBy(climb) : null;
    if (superseded !== null) {
      await tell(climb, 'loaded', 'unobservable', `${superseded} before it was through`, null);
      return;
    }
    if (judged.state === 'unobservable' || ports.clock.now() - record.at > longestMs) {
      await tell(climb, 'loaded', 'unobservable', said, null);
      return;
    }
    await tell(climb, 'loaded', 'waiting', said, null);
    await ports.clock.sleep(pauseMs, signal);
  }
}

/** Failing to read the effect leaves the ladder as it is. */
async function noteEffect(climb: Climb): Promise<void> {
  const { record, connection, journal, ports, signal } = climb;
  await ports.clock.sleep(Math.max(0, record.at + effectAfterMs - ports.clock.now()), signal);
  // Two minutes of which some followed other weights are not the effect of these.
  if ((await supersededBy(climb)) !== null) return;
  try {
    const effect = await readEffect(record, connection, ports, signal);
    if (effect !== null) await journal.update(record.id, (now) => ({ ...now, effect }));
  } catch (thrown) {
    signal.throwIfAborted();
    ports.log.warn('the effect could not be read', {
      operation: record.id,
      why: sayError(thrown, 'Reading the effect'),
    });
  }
}

import { PartlyWritten, type Receipt } from '../connectors/kit/control.ts';
import { maybeDoneKinds, PeerError, sayError } from '../connectors/kit/peerError.ts';
import type { OperationRecord } from '../model/record.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { KeptPlan } from './plans.ts';
import { takerOf } from './planParts.ts';
import type { Ports } from './ports.ts';
import type { Refusal } from './refusal.ts';
import { asAnswered, markWritten } from './resolveWrite.ts';

/** What a write needs around it. */
interface CarryOutNeeds {
  /** Why the plan must not be written any more, asked at the last moment. */
  hindrance(): Refusal | null;
  /** Climbs the ladder of a written or unresolved record to its end. */
  follow(record: OperationRecord, connection: LiveConnection): Promise<void>;
  readonly journal: Journal;
  readonly ports: Ports;
}

/** The write itself. It goes on when the window closes; its outcome is in the journal in every case. */
export async function carryOut(
  kept: KeptPlan,
  record: OperationRecord,
  { hindrance, follow, journal, ports }: CarryOutNeeds,
): Promise<void> {
  const { connection, write } = kept;
  const close = (error: string) =>
    journal.update(record.id, (now) => ({
      ...now,
      state: 'notWritten',
      error,
      finishedAt: ports.clock.now(),
    }));
  const closePartly = (receipt: Receipt, error: string) =>
    journal.update(record.id, (now) => ({
      ...now,
      state: 'partly',
      error: `${receipt.revisions.length} of ${now.changes.length} documents were written; then: ${error}`,
      revisionAfter: receipt.revisions[0]?.revision ?? null,
      writtenChanges: receipt.revisions.length,
      changes: asAnswered(now.changes, receipt.revisions),
      finishedAt: ports.clock.now(),
    }));
  // It may have been locked or closed while the journal was being written.
  const hindered = hindrance();
  if (hindered !== null) {
    await close(hindered.message);
    return;
  }
  let receipt: Receipt;
  try {
    receipt = await kept.control.apply(write, AbortSignal.timeout(30_000));
  } catch (thrown) {
    const error = sayError(thrown, 'Writing the change');
    if (thrown instanceof PeerError && !maybeDoneKinds.has(thrown.kind)) {
      if (thrown instanceof PartlyWritten) await closePartly(thrown.receipt, error);
      else await close(error);
      return;
    }
    await follow(await journal.update(record.id, (now) => ({ ...now, state: 'unknown', error })), connection);
    return;
  }
  const accepted = {
    detail: `${receipt.takenBy ?? takerOf(connection, record.operation, write)} took it${sayRevision(receipt)}`,
    at: receipt.acceptedAt,
  };
  await follow(await markWritten(journal, record, receipt.revisions, accepted), connection);
}

/** Instances that each take a write have no revision in common. */
function sayRevision({ takenBy, revisions: [first] }: Receipt): string {
  return takenBy !== undefined || !first?.revision ? '' : ` as revision ${first.revision}`;
}

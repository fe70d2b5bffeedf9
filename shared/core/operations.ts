import type { Control, PlannedWrite, Receipt } from '../connectors/kit/connector.ts';
import { PeerError, sayError, type PeerErrorKind } from '../connectors/kit/peerError.ts';
import type { FoldedSignals } from '../analysis/foldSignals.ts';
import type { GraphService } from '../model/graph.ts';
import type { Guard, Operation, OperationRecord, Plan, SetWeights } from '../model/operation.ts';
import type { Settings } from '../model/settings.ts';
import type { Split } from '../model/weights.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import { recordOf, rungNotes } from './planParts.ts';
import { markWritten } from './resolveWrite.ts';

import { forecastPlan } from './planForecast.ts';
import { Refusal } from './refusal.ts';
import type { Ports } from './ports.ts';
import type { SignalsFeed } from './signalsFeed.ts';

/** A plan lives this long. */
export const planLifeMs = 10 * 60_000;

/** Figures older than this do not judge a plan. */
const oldestFiguresMs = 2 * 60_000;

/** What the operations need of the rest of the console. */
export interface OperationsWorld {
  connection(id: string): LiveConnection | undefined;
  /** Newest figures of a connection, if somebody looks at them. */
  signals(connection: LiveConnection): SignalsFeed['latest'];
  /** The service that a host of this connection's documents means. */
  serviceOf(split: Split): GraphService | null;
  health(): Settings['health'];
  /** Climbs the ladder of a written or unresolved record to its end. */
  follow(record: OperationRecord, connection: LiveConnection): Promise<void>;
}

export interface Operations {
  /** Whether this process is writing or following an operation now. */
  isUnderway(operationId: string): boolean;
  plan(operation: Operation): Promise<Plan>;
  planUndo(operationId: string): Promise<Plan>;
  apply(request: {
    readonly planId: string;
    readonly reason: string;
    readonly ticked: readonly string[];
    readonly typedName: string | null;
  }): Promise<string>;
}

interface Kept {
  readonly plan: Plan;
  readonly write: PlannedWrite;
  readonly connection: LiveConnection;
  readonly generation: number;
  readonly control: Control<SetWeights, Split>;
  /** Set by the first apply: a second click gets the same operation. */
  operationId: Promise<string> | null;
}

/** Plans, applies and undoes. A window can only apply what it was shown: plans stay here, it gets their ids. */
export function createOperations(world: OperationsWorld, journal: Journal, ports: Ports): Operations {
  const plans = new Map<string, Kept>();
  const underway = new Set<string>();

  function controlOf(connection: LiveConnection, splitId: string): Control<SetWeights, Split> {
    if (connection.splits.every((split) => split.id !== splitId)) {
      throw new Refusal(
        'REFUSED',
        `${connection.title} has no such split any more: its document or route is gone. Look at the map again.`,
      );
    }
    for (const source of connection.sources) {
      if (source.session.weights !== undefined) return source.session.weights;
    }
    throw new Refusal('REFUSED', `No source of ${connection.title} can change weights at the moment.`);
  }

  async function plan(operation: Operation, undoOf?: OperationRecord): Promise<Plan> {
    forgetOldPlans();
    const connection = world.connection(operation.connectionId);
    if (connection === undefined)
      throw new Refusal('REFUSED', 'That connection is closed; nothing was changed.');
    const control = controlOf(connection, operation.splitId);
    const undone = undoOf?.changes[0];
    const planned =
      undone === undefined
        ? control.plan(operation, connection.closed)
        : control.planUndo(operation, undone, connection.closed);
    const write = await planned.catch((thrown: unknown) => {
      throw new Refusal('PEER', sayError(thrown, 'Planning the change'));
    });
    const service = world.serviceOf(write.split);
    const outlook = forecastPlan(
      operation,
      write.split,
      service,
      freshFigures(connection),
      world.health(),
      connection,
    );
    const guards: Guard[] = [...write.guards, ...outlook.guards];
    if (!journal.writable) guards.unshift(readOnlyJournal);
    const now = ports.clock.now();
    const state = connection.state();
    const made: Plan = {
      id: ports.random.id(),
      operation,
      title: undoOf === undefined ? write.title : `Undo: ${write.title}`,
      serviceId: service?.id ?? null,
      serviceName: service?.name ?? write.expectation.host,
      connection: {
        id: connection.id,
        title: connection.title,
        environment: connection.environment,
        server: connection.server(),
      },
      actor: state.user ?? ports.actor,
      target: write.target,
      changes: [...write.changes],
      guards,
      forecast: [...outlook.sentences],
      expectation: write.expectation,
      rungs: rungNotes(connection, write),
      direction: outlook.direction,
      threeWay: write.threeWay,
      copies: write.copies,
      undoOf: undoOf?.id ?? null,
      createdAt: now,
      expiresAt: now + planLifeMs,
    };
    plans.set(made.id, {
      plan: made,
      write,
      connection,
      generation: connection.generation,
      control,
      operationId: null,
    });
    return made;
  }

  /** Figures of a while ago, from when somebody last looked, judge nothing now. */
  function freshFigures(connection: LiveConnection): FoldedSignals | null {
    const latest = world.signals(connection);
    const newest = Math.max(0, ...(latest?.provenance ?? []).map(({ observedAt }) => observedAt));
    return latest === null || ports.clock.now() - newest > oldestFiguresMs ? null : latest.folded;
  }

  function forgetOldPlans(): void {
    const now = ports.clock.now();
    for (const [id, kept] of plans) if (now > kept.plan.expiresAt + planLifeMs) plans.delete(id);
  }

  /** What must hold until the very moment of the write: the same open connection, a young plan, unlocked. */
  function hindranceOf({ plan, connection, generation }: Kept): Refusal | null {
    if (world.connection(connection.id) !== connection || generation !== connection.generation) {
      return new Refusal(
        'GONE',
        `${plan.connection.title} was closed or opened anew after this plan was made. Nothing was changed. Review it again.`,
      );
    }
    if (ports.clock.now() > plan.expiresAt) {
      return new Refusal(
        'GONE',
        'This plan is older than ten minutes. Nothing was changed. Review it again.',
      );
    }
    if (connection.locked) {
      return new Refusal(
        'LOCKED',
        `${connection.title} (${connection.environment}) is read-only until you unlock it. Nothing was changed.`,
      );
    }
    return null;
  }

  /** Everything that must hold at the moment of the write, not only when it was reviewed. */
  function admit(kept: Kept, ticked: readonly string[], typedName: string | null): void {
    const { plan } = kept;
    const hindrance = hindranceOf(kept);
    if (hindrance !== null) throw hindrance;
    if (!journal.writable) throw new Refusal('REFUSED', readOnlyJournal.title);
    for (const guard of plan.guards) {
      if (guard.verdict === 'block') throw new Refusal('REFUSED', `Not applied: ${guard.title}.`);
      if (guard.verdict === 'tick' && !ticked.includes(guard.id)) {
        throw new Refusal('REFUSED', `Not applied: this needs your acknowledgement: ${guard.title}.`);
      }
      if (guard.verdict === 'typeName' && typedName !== plan.serviceName) {
        throw new Refusal(
          'REFUSED',
          `Not applied: ${guard.title}. Type the service's name, ${plan.serviceName}, to go on.`,
        );
      }
    }
  }

  async function begin(kept: Kept, reason: string): Promise<string> {
    const record = recordOf(kept.plan, reason, ports);
    underway.add(record.id);
    try {
      await journal.append(record);
    } catch (thrown) {
      underway.delete(record.id);
      kept.operationId = null;
      throw new Refusal(
        'REFUSED',
        sayError(thrown, 'Nothing was written, because the journal could not take it down first'),
      );
    }
    void carryOut(kept, record)
      .catch((thrown: unknown) =>
        // The record stays open on disk and is resolved by reading at the next start.
        ports.log.error('an operation could not be journalled to its end', {
          operation: record.id,
          why: String(thrown),
        }),
      )
      .finally(() => underway.delete(record.id));
    return record.id;
  }

  /** The write itself. It goes on when the window closes; its outcome is in the journal in every case. */
  async function carryOut(kept: Kept, record: OperationRecord): Promise<void> {
    const { connection, write } = kept;
    const close = (error: string) =>
      journal.update(record.id, (now) => ({
        ...now,
        state: 'notWritten',
        error,
        finishedAt: ports.clock.now(),
      }));
    // It may have been locked or closed while the journal was being written.
    const hindrance = hindranceOf(kept);
    if (hindrance !== null) {
      await close(hindrance.message);
      return;
    }
    let receipt: Receipt;
    try {
      receipt = await kept.control.apply(write, AbortSignal.timeout(30_000));
    } catch (thrown) {
      const error = sayError(thrown, 'Writing the change');
      if (thrown instanceof PeerError && !maybeDone.has(thrown.kind)) {
        await close(error);
        return;
      }
      await world.follow(
        await journal.update(record.id, (now) => ({ ...now, state: 'unknown', error })),
        connection,
      );
      return;
    }
    const revision = receipt.revisions[0]?.revision ?? null;
    const accepted = {
      detail: `the API server took it as revision ${revision ?? 'unknown'}`,
      at: receipt.acceptedAt,
    };
    await world.follow(await markWritten(journal, record, revision, accepted), connection);
  }

  return {
    isUnderway: (operationId) => underway.has(operationId),
    plan: (operation) => plan(operation),
    async planUndo(operationId) {
      const record = await journal.read(operationId);
      if (record === null) throw new Refusal('REFUSED', 'The journal has no such operation.');
      if (record.state !== 'written')
        throw new Refusal('REFUSED', 'There is nothing to undo: this operation was not written.');
      if (record.undoneBy !== null) throw new Refusal('REFUSED', 'This operation was undone already.');
      const { operation } = record;
      const connection = world.connection(operation.connectionId);
      if (connection !== undefined && connection.server() !== record.connection.server) {
        throw new Refusal(
          'REFUSED',
          `This was written at ${record.connection.server}, but ${connection.title} is ${connection.server() || 'not open'} now. Nothing can be undone there.`,
        );
      }
      return plan(
        {
          ...operation,
          weights: operation.seen.weights,
          seen: { revision: record.revisionAfter ?? '', weights: operation.weights },
        },
        record,
      );
    },
    async apply({ planId, reason, ticked, typedName }) {
      const kept = plans.get(planId);
      if (kept === undefined)
        throw new Refusal(
          'GONE',
          'This console made no such plan, or forgot it. Nothing was changed. Review it again.',
        );
      if (kept.operationId !== null) return kept.operationId;
      admit(kept, ticked, typedName);
      kept.operationId = begin(kept, reason);
      return kept.operationId;
    },
  };
}

/** After these the write may have been done all the same: a proxy or the peer failed on the way back. */
const maybeDone: ReadonlySet<PeerErrorKind> = new Set([
  'unanswered',
  'broken',
  'busy',
  'notThePeer',
  'tooLarge',
]);

const readOnlyJournal: Guard = {
  id: 'journal-read-only',
  verdict: 'block',
  title: 'The journal cannot be written: another Podium uses this data folder, so this one is read-only',
  detail: null,
};

import type { Control, PlannedWrite } from '../connectors/kit/connector.ts';
import { PeerError, sayError } from '../connectors/kit/peerError.ts';
import type { GraphService } from '../model/graph.ts';
import type { Guard, Operation, OperationRecord, Plan, SetWeights } from '../model/operation.ts';
import type { Settings } from '../model/settings.ts';
import type { Split } from '../model/weights.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import { forecastPlan } from './planForecast.ts';
import { Refusal } from './refusal.ts';
import type { Ports } from './ports.ts';
import type { SignalsFeed } from './signalsFeed.ts';

/** A plan lives this long. */
export const planLifeMs = 10 * 60_000;

/** What the operations need of the rest of the console. */
export interface OperationsWorld {
  connection(id: string): LiveConnection | undefined;
  /** Newest figures of a connection, if somebody looks at them. */
  signals(connection: LiveConnection): SignalsFeed['latest'];
  /** The service that a host of this connection's documents means. */
  serviceOf(split: Split): GraphService | null;
  health(): Settings['health'];
  /** Begins the ladder of a written or unresolved record. */
  follow(record: OperationRecord, connection: LiveConnection, write: PlannedWrite | null): void;
}

export interface Operations {
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
      world.signals(connection)?.folded ?? null,
      world.health(),
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

  function forgetOldPlans(): void {
    const now = ports.clock.now();
    for (const [id, kept] of plans) if (now > kept.plan.expiresAt + planLifeMs) plans.delete(id);
  }

  /** Everything that must hold at the moment of the write, not only when it was reviewed. */
  function admit(kept: Kept, ticked: readonly string[], typedName: string | null): void {
    const { plan, connection } = kept;
    if (world.connection(connection.id) !== connection || kept.generation !== connection.generation) {
      throw new Refusal(
        'GONE',
        `${plan.connection.title} was closed or opened anew after this plan was made. Nothing was changed. Review it again.`,
      );
    }
    if (ports.clock.now() > plan.expiresAt) {
      throw new Refusal('GONE', 'This plan is older than ten minutes. Nothing was changed. Review it again.');
    }
    if (connection.locked) {
      throw new Refusal(
        'LOCKED',
        `${connection.title} (${connection.environment}) is read-only until you unlock it. Nothing was changed.`,
      );
    }
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
    const { plan, connection, write } = kept;
    const record: OperationRecord = {
      id: ports.random.id(),
      at: ports.clock.now(),
      planId: plan.id,
      operation: plan.operation,
      title: plan.title,
      target: plan.target,
      serviceId: plan.serviceId,
      serviceName: plan.serviceName,
      connection: plan.connection,
      actor: plan.actor,
      reason,
      changes: plan.changes,
      expectation: plan.expectation,
      state: 'writing',
      revisionAfter: null,
      error: null,
      rungs: plan.rungs.map(({ rung }) => ({ rung, state: 'waiting', detail: '', at: null })),
      effect: null,
      overrides: plan.guards.filter((guard) => guard.verdict !== 'pass').map((guard) => guard.title),
      undoOf: plan.undoOf,
      undoneBy: null,
      finishedAt: null,
    };
    await journal.append(record);
    void carryOut(kept, record, connection, write);
    return record.id;
  }

  /** The write itself. It goes on when the window closes; its outcome is in the journal in every case. */
  async function carryOut(
    kept: Kept,
    record: OperationRecord,
    connection: LiveConnection,
    write: PlannedWrite,
  ): Promise<void> {
    try {
      const receipt = await kept.control.apply(write, AbortSignal.timeout(30_000));
      const revision = receipt.revisions[0]?.revision ?? null;
      const written = await journal.update(record.id, (now) => ({
        ...now,
        state: 'written',
        revisionAfter: revision,
        rungs: now.rungs.map((rung) =>
          rung.rung === 'accepted'
            ? {
                ...rung,
                state: 'seen',
                at: receipt.acceptedAt,
                detail: `the API server took it as revision ${revision ?? 'unknown'}`,
              }
            : rung,
        ),
      }));
      if (record.undoOf !== null) {
        await journal
          .update(record.undoOf, (undone) => ({ ...undone, undoneBy: record.id }))
          .catch(() => undefined);
      }
      world.follow(written, connection, write);
    } catch (thrown) {
      const unanswered = !(thrown instanceof PeerError) || thrown.kind === 'unanswered';
      const next = await journal.update(record.id, (now) => ({
        ...now,
        state: unanswered ? 'unknown' : 'notWritten',
        error: sayError(thrown, 'Writing the change'),
        finishedAt: unanswered ? null : ports.clock.now(),
      }));
      if (unanswered) world.follow(next, connection, write);
    }
  }

  return {
    plan: (operation) => plan(operation),
    async planUndo(operationId) {
      const record = await journal.read(operationId);
      if (record === null) throw new Refusal('REFUSED', 'The journal has no such operation.');
      if (record.state !== 'written')
        throw new Refusal('REFUSED', 'There is nothing to undo: this operation was not written.');
      if (record.undoneBy !== null) throw new Refusal('REFUSED', 'This operation was undone already.');
      const { operation } = record;
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

const readOnlyJournal: Guard = {
  id: 'journal-read-only',
  verdict: 'block',
  title: 'The journal cannot be written: another Podium uses this data folder, so this one is read-only',
  detail: null,
};

/** What each rung will be able to say, before anything is written. */
function rungNotes(connection: LiveConnection, write: PlannedWrite): Plan['rungs'] {
  const signals = connection.sources.find((source) => source.session.signals !== undefined)?.session.signals;
  const scrape = signals?.scrapeIntervalSeconds ?? null;
  const proof = connection.sources.some((source) => source.session.proof !== undefined);
  const { ambiguous } = write.expectation;
  let measured = 'not observable here: no source of traffic figures';
  if (signals !== undefined) {
    measured =
      ambiguous ??
      `counted since it took effect${scrape === null ? '' : `; earliest proof in about ${Math.max(10, 2 * scrape)} s (scraped every ${scrape} s)`}`;
  }
  return [
    { rung: 'accepted', note: 'the API server took it' },
    { rung: 'declared', note: 'read back, nothing else moved' },
    { rung: 'loaded', note: proof ? 'what the control plane says about the callers’ proxies' : notLoadable },
    { rung: 'measured', note: measured },
  ];
}

/** Why "loaded" cannot be seen without a source of proof. */
export const notLoadable = 'not observable here: no access to the callers’ proxies';

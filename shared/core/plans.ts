import type { FoldedSignals } from '../analysis/foldSignals.ts';
import type { Control, PlannedWrite } from '../connectors/kit/connector.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { GraphService } from '../model/graph.ts';
import type { Guard, Operation, OperationRecord, Plan, SetWeights } from '../model/operation.ts';
import type { Settings } from '../model/settings.ts';
import type { Split } from '../model/weights.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import { forecastPlan } from './planForecast.ts';
import { rungNotes } from './planParts.ts';
import type { Ports } from './ports.ts';
import { Refusal } from './refusal.ts';
import type { SignalsFeed } from './signalsFeed.ts';

/** A plan lives this long. */
const planLifeMs = 10 * 60_000;

/** Figures older than this do not judge a plan. */
const oldestFiguresMs = 2 * 60_000;

/** What planning needs of the rest of the console. */
export interface PlansWorld {
  connection(id: string): LiveConnection | undefined;
  /** Newest figures of a connection, if somebody looks at them. */
  signals(connection: LiveConnection): SignalsFeed['latest'];
  /** The service that a host of this connection's documents means. */
  serviceOf(split: Split): GraphService | null;
  health(): Settings['health'];
}

/** A plan with what only the console may see of it: the write itself, and on what it was made. */
export interface KeptPlan {
  readonly plan: Plan;
  readonly write: PlannedWrite;
  readonly connection: LiveConnection;
  readonly generation: number;
  readonly control: Control<SetWeights, Split>;
  /** Set by the first apply: a second click gets the same operation. */
  operationId: Promise<string> | null;
}

/** The plans of this console, by id. */
export interface Plans {
  /** Reads only. Throws a Refusal where the peer or the connection does not let it be planned. */
  make(operation: Operation, undoOf?: OperationRecord): Promise<Plan>;
  find(planId: string): KeptPlan | undefined;
}

/** Makes plans and keeps them until they are too old: a window gets only their ids and what to show. */
export function createPlans(world: PlansWorld, journal: Pick<Journal, 'writable'>, ports: Ports): Plans {
  const plans = new Map<string, KeptPlan>();

  async function make(operation: Operation, undoOf?: OperationRecord): Promise<Plan> {
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

  return { make, find: (planId) => plans.get(planId) };
}

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

/** Blocks every plan in the second process on one data folder. */
export const readOnlyJournal: Guard = {
  id: 'journal-read-only',
  verdict: 'block',
  title: 'The journal cannot be written: another Podium uses this data folder, so this one is read-only',
  detail: null,
};

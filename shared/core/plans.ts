import type { Control, PlannedWrite } from '../connectors/kit/control.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { GraphService } from '../model/graph.ts';
import type { Guard } from '../model/change.ts';
import type { EntityId } from '../model/entity.ts';
import type { Operation, SetWeights } from '../model/operation.ts';
import type { Plan } from '../model/plan.ts';
import type { OperationRecord } from '../model/record.ts';
import type { Settings } from '../model/settings.ts';
import type { Split } from '../model/weights.ts';
import { affectedBy } from './affected.ts';
import { controlOf, serviceIdOf, splitIdOf, verbOf } from './controls.ts';
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
  service(id: EntityId): GraphService | null;
  /** The calls that go to a service, with their rates where somebody measures them. */
  callersOf(service: GraphService): Plan['affected'];
  health(): Settings['health'];
}

/** A plan with what only the console may see of it: the write itself, and on what it was made. */
export interface KeptPlan {
  readonly plan: Plan;
  readonly write: PlannedWrite;
  readonly connection: LiveConnection;
  readonly generation: number;
  readonly control: Control<Operation>;
  /** The id under which the journal will have it, so that what is shown of it names it already. */
  readonly recordId: string;
  /** Set by the first apply: a second click gets the same operation. */
  operationId: Promise<string> | null;
}

/** What a plan is made with beside its operation. */
interface PlanHow {
  /** The operation that it takes back. */
  readonly undoOf?: OperationRecord;
  /** Why, as far as it was said already. */
  readonly reason?: string;
}

/** The plans of this console, by id. */
export interface Plans {
  /** Reads only. Throws a Refusal where the peer or the connection does not let it be planned. */
  make(operation: Operation, how?: PlanHow): Promise<Plan>;
  find(planId: string): KeptPlan | undefined;
}

/** A peer that keeps whole numbers would round, or refuse in words of its own, what lies between. */
function requireSteps({ splitId, weights }: SetWeights, { splits }: LiveConnection): void {
  const step = splits.find(({ id }) => id === splitId)?.weightStep ?? 1;
  const between = weights.find((weight) => weight !== null && !isMultiple(weight, step));
  if (between !== undefined)
    throw new Refusal('REFUSED', `Weights go in steps of ${step} here; ${between} lies between two.`);
}

const isMultiple = (value: number, step: number): boolean =>
  Math.abs(value / step - Math.round(value / step)) < 1e-6;

/** Makes plans and keeps them until they are too old: a window gets only their ids and what to show. */
export function createPlans(world: PlansWorld, journal: Pick<Journal, 'writable'>, ports: Ports): Plans {
  const plans = new Map<string, KeptPlan>();

  async function make(operation: Operation, { undoOf, reason = '' }: PlanHow = {}): Promise<Plan> {
    forgetOldPlans();
    const connection = world.connection(operation.connectionId);
    if (connection === undefined)
      throw new Refusal('REFUSED', 'That connection is closed; nothing was changed.');
    const control = requireControl(connection, operation);
    if (operation.kind === 'setWeights') requireSteps(operation, connection);
    const planned =
      undoOf === undefined
        ? control.plan(operation, connection.closed)
        : control.planUndo(operation, writtenOf(undoOf), connection.closed);
    const write = await planned.catch((thrown: unknown) => {
      throw new Refusal('PEER', sayError(thrown, 'Planning the change'), { cause: thrown });
    });
    const service = serviceMeant(connection, operation, write.split);
    const callers = service === null || !touchesCalls(operation) ? [] : world.callersOf(service);
    const figures = freshFigures(connection);
    const outlook = forecastPlan({
      operation,
      isUndo: undoOf !== undefined,
      write,
      service,
      folded: figures?.folded ?? null,
      taken: figures?.provenance ?? [],
      now: ports.clock.now(),
      health: world.health(),
      callers,
      held: connection.trips,
      serviceOfHost: (host) => {
        const id = connection.topology().serviceOfHost(host);
        return id === null ? null : world.service(id);
      },
      where: connection,
    });
    const guards: Guard[] = [...write.guards, ...outlook.guards];
    if (!journal.writable) guards.unshift(readOnlyJournal);
    const now = ports.clock.now();
    const state = connection.state();
    const actor = state.user ?? ports.actor;
    const recordId = ports.random.id();
    const holdSeconds = operation.kind === 'trip' && undoOf === undefined ? operation.forSeconds : null;
    // What documents tell others is shown as it will stand there; its times move on until it is applied.
    const stamp = {
      operationId: recordId,
      by: actor,
      reason,
      at: now,
      until: holdSeconds === null ? null : now + holdSeconds * 1000,
    };
    const shown = control.stamp?.(write, stamp) ?? write;
    const made: Plan = {
      id: ports.random.id(),
      operation,
      // The end of a trip says so itself.
      title: undoOf === undefined || operation.kind === 'trip' ? write.title : `Undo: ${write.title}`,
      serviceId: service?.id ?? null,
      serviceName: service?.name ?? write.expectation.host ?? write.target,
      connection: {
        id: connection.id,
        title: connection.title,
        environment: connection.environment,
        server: connection.server(),
      },
      actor,
      target: write.target,
      changes: [...shown.changes],
      guards,
      forecast: [...write.notes, ...outlook.sentences],
      affected: affectedBy(operation, callers, {
        held: connection.trips,
        service: (id) => world.service(id),
      }),
      expectation: write.expectation,
      rungs: rungNotes(connection, operation, write),
      direction: outlook.direction,
      threeWay: write.threeWay,
      copies: { strategicMerge: null, kustomize: null, ...write.copies },
      holdSeconds,
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
      recordId,
      operationId: null,
    });
    return made;
  }

  /** The service by the split that is written, by what the operation names, or by the split that it goes beside. */
  function serviceMeant(
    connection: LiveConnection,
    operation: Operation,
    written: Split | null,
  ): GraphService | null {
    const splitId = splitIdOf(operation);
    const split = written ?? connection.splits.find(({ id }) => id === splitId) ?? null;
    if (split !== null) return world.serviceOf(split);
    const serviceId = serviceIdOf(operation);
    return serviceId === null ? null : world.service(serviceId);
  }

  /** Figures of a while ago, from when somebody last looked, judge nothing now. */
  function freshFigures(connection: LiveConnection): SignalsFeed['latest'] {
    const latest = world.signals(connection);
    const newest = Math.max(0, ...(latest?.provenance ?? []).map(({ observedAt }) => observedAt));
    return latest === null || ports.clock.now() - newest > oldestFiguresMs ? null : latest;
  }

  function forgetOldPlans(): void {
    const now = ports.clock.now();
    for (const [id, kept] of plans) if (now > kept.plan.expiresAt + planLifeMs) plans.delete(id);
  }

  return { make, find: (planId) => plans.get(planId) };
}

function requireControl(connection: LiveConnection, operation: Operation): Control<Operation> {
  const splitId = splitIdOf(operation);
  if (splitId !== null && connection.splits.every((split) => split.id !== splitId)) {
    throw new Refusal(
      'REFUSED',
      `${connection.title} has no such split any more: its document or route is gone. Look at the map again.`,
    );
  }
  const control = controlOf(connection, operation);
  if (control !== null) return control;
  throw new Refusal(
    'REFUSED',
    `No source of ${connection.title} can ${verbOf[operation.kind]} at the moment.`,
  );
}

/** What the peer has of an operation, to be taken back. */
export function writtenOf({ changes, writtenChanges }: OperationRecord): OperationRecord['changes'] {
  return writtenChanges === null ? changes : changes.slice(0, writtenChanges);
}

/** Whether callers of the service feel it at once. */
function touchesCalls({ kind }: Operation): boolean {
  return kind === 'trip' || kind === 'endTrip' || kind === 'closeBreaker' || kind === 'setRouting';
}

/** Blocks every plan in the second process on one data folder. */
export const readOnlyJournal: Guard = {
  id: 'journal-read-only',
  verdict: 'block',
  title: 'The journal cannot be written: another Podium uses this data folder, so this one is read-only',
  detail: null,
};

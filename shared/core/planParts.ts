import type { PlannedWrite } from '../connectors/kit/control.ts';
import type { Expectation } from '../model/change.ts';
import type { Operation } from '../model/operation.ts';
import type { Plan } from '../model/plan.ts';
import type { OperationRecord } from '../model/record.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { HoldState } from '../model/watch.ts';
import type { Ports } from './ports.ts';
import { writerOf } from './controls.ts';
import { deadlineIn } from './returns/moments.ts';

/** Why "loaded" cannot be seen without a source of proof. */
const notInProxies = 'not observable here: no access to the callers’ proxies';

/** Configuration that is for no host takes effect in processes, and no proxy ever has it. */
export const notLoadable = ({ kind }: Pick<Operation, 'kind'>, expectation: Expectation): string => {
  if (expectation.kind === 'silenced') return 'nothing to load: Alertmanager acts on it itself';
  return kind === 'editDocument' && expectation.kind === 'unmeasured' && expectation.host === null
    ? 'not observable here: processes do not tell what they took over'
    : notInProxies;
};

/** What each rung will be able to say, before anything is written. */
export function rungNotes(
  connection: LiveConnection,
  operation: Operation,
  write: PlannedWrite,
): Plan['rungs'] {
  const signals = connection.sources.find((source) => source.session.signals !== undefined)?.session.signals;
  const scrape = signals?.scrapeIntervalSeconds ?? null;
  const { expectation } = write;
  // Only proxies and control planes are asked about loading.
  const isSilence = expectation.kind === 'silenced';
  const proofs = isSilence
    ? []
    : connection.sources.flatMap(({ session }) => session.proof?.note(expectation) ?? []);
  const uncounted = notCounted(expectation);
  let measured = uncounted ?? 'not observable here: no source of traffic figures';
  if (isSilence) measured = uncounted ?? 'Alertmanager says so of each alert';
  else if (signals !== undefined) {
    measured =
      uncounted ??
      `counted since it took effect${scrape === null ? '' : `; earliest proof in about ${Math.max(10, 2 * scrape)} s (scraped every ${scrape} s)`}`;
  }
  return [
    { rung: 'accepted', note: `${takerOf(connection, operation, write)} took it` },
    { rung: 'declared', note: 'read back, nothing else moved' },
    { rung: 'loaded', note: proofs[0] ?? notLoadable(operation, expectation) },
    { rung: 'measured', note: measured },
  ];
}

/**
 * Who takes a write, by name. What is written through the connection's own server is taken by that server, whoever made the
 * document; a control that writes elsewhere (actuators that a registry led to) is named itself, or what it says it writes to.
 */
export function takerOf(
  connection: LiveConnection,
  operation: Operation,
  write: Pick<PlannedWrite, 'taker'>,
): string {
  const root = connection.sources[0]?.session;
  const writer = writerOf(connection, operation);
  const taking = writer === null || writer.server === root?.server ? root : writer;
  return write.taker ?? taking?.peer.product ?? 'the peer';
}

/** Why traffic cannot show what is expected, whatever is measured; null where it can. */
export function notCounted(expectation: Expectation): string | null {
  switch (expectation.kind) {
    case 'shares':
      return expectation.ambiguous;
    case 'unmeasured':
      return expectation.why;
    case 'rollout':
      return 'nothing to count: this is seen on the workload itself';
    case 'breakers':
      return 'nothing to count: a call that a breaker refuses never leaves its caller';
    case 'blocks':
      return 'nothing to count outside: what is blocked is counted in the application that blocks it';
    case 'silenced':
      return expectation.alerts.length === 0
        ? 'nothing to see: no alert was like this when it was planned'
        : null;
    case 'settings':
      return 'nothing to count: what an instance has is read in the instance';
    default:
      return null;
  }
}

/** What an operation is part of, or has with it, beside its plan. */
export type Alongside = Partial<
  Pick<OperationRecord, 'watch' | 'hold' | 'setId' | 'set' | 'canaryId' | 'undoOf'>
>;

/** A plan as the journal takes it down before anything is written. */
export function recordOf(
  { plan, recordId }: { readonly plan: Plan; readonly recordId: string },
  reason: string,
  alongside: Alongside,
  ports: Pick<Ports, 'clock'>,
): OperationRecord {
  return {
    id: recordId,
    at: ports.clock.now(),
    planId: plan.id,
    operation: withoutSecrets(plan),
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
    noteProblem: null,
    told: null,
    rungs: plan.rungs.map(({ rung }) => ({ rung, state: 'waiting', detail: '', at: null })),
    effect: null,
    overrides: plan.guards.filter((guard) => guard.verdict !== 'pass').map((guard) => guard.title),
    undoOf: plan.undoOf,
    undoneBy: null,
    writtenChanges: null,
    hold: plan.holdSeconds === null ? null : holdFor(plan.holdSeconds, ports.clock),
    watch: null,
    setId: null,
    set: null,
    canaryId: null,
    finishedAt: null,
    ...alongside,
  };
}

/** What the operator typed into a Secret is written to the peer, and nowhere else. */
function withoutSecrets({ operation, changes }: Plan): Operation {
  if (operation.kind !== 'editDocument' || !changes.some(({ withheld }) => withheld)) return operation;
  const { edit } = operation;
  return {
    ...operation,
    edit:
      edit.kind === 'entries'
        ? { ...edit, set: edit.set.map(({ key }) => ({ key, value: '' })) }
        : { ...edit, text: '' },
  };
}

/** Held from now on. */
export function holdFor(seconds: number, clock: Ports['clock']): HoldState {
  const { at, moment } = deadlineIn(seconds * 1000, clock);
  return {
    until: at,
    untilMoment: moment,
    state: 'held',
    note: '',
    endedBy: null,
    leftBy: null,
    attempts: 0,
  };
}

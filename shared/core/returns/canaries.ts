import { sayError } from '../../connectors/kit/peerError.ts';
import type { Plan } from '../../model/plan.ts';
import type { OperationRecord } from '../../model/record.ts';
import type { Canary, CanaryOutlook, CanaryRequest, CanaryStep, WatchRequest } from '../../model/watch.ts';
import type { Split } from '../../model/weights.ts';
import type { Consent } from '../admission.ts';
import type { Journal } from '../journal.ts';
import type { Operations } from '../operations.ts';
import type { Ports } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { isOpen, type CanaryBook } from './canaryBook.ts';
import { outlooksOf, shiftTo, weightsOf } from './canarySteps.ts';

type Word = Consent & { readonly planId: string; readonly reason: string };

/** What an operator may ask of guided canaries. */
export interface Canaries {
  /** Whether its first step is being applied right now: then the journal need not know it yet. */
  isStarting(canaryId: string): boolean;
  plan(request: CanaryRequest): Promise<{ plan: Plan; steps: CanaryOutlook[] }>;
  start(request: Word & { readonly request: CanaryRequest }): Promise<string>;
  pause(canaryId: string): Promise<void>;
  resume(canaryId: string): Promise<void>;
  planFinish(canaryId: string): Promise<Plan>;
  finish(request: Word & { readonly canaryId: string }): Promise<string>;
  takeBack(canaryId: string): Promise<void>;
}

export interface CanaryParts {
  readonly book: CanaryBook;
  readonly journal: Journal;
  readonly operations: Operations;
  readonly ports: Ports;
  split(connectionId: string, splitId: string): Split | undefined;
}

export function createCanaries(parts: CanaryParts): Canaries {
  const { book, journal, operations, ports } = parts;

  function mustSplit({ connectionId, splitId }: CanaryRequest): Split {
    const split = parts.split(connectionId, splitId);
    if (split !== undefined) return split;
    throw new Refusal('REFUSED', 'There is no such split any more: its document or route is gone.');
  }

  function mustBe(canaryId: string, states: readonly Canary['state'][]): Canary {
    const canary = book.get(canaryId);
    if (states.includes(canary.state)) return canary;
    throw new Refusal(
      'REFUSED',
      `This canary is ${stateWords[canary.state]}; that cannot be done to it now.`,
    );
  }

  const starting = new Set<string>();
  /** By plan: a second click that comes while the first is under way gets the same canary. */
  const started = new Map<string, Promise<string>>();

  async function start({
    planId,
    request,
    reason,
    ticked,
    typedName,
  }: Word & { readonly request: CanaryRequest }): Promise<string> {
    const kept = operations.find(planId);
    if (kept === undefined)
      throw new Refusal('GONE', 'This plan is gone. Nothing was changed. Review it again.');
    const { plan, operationId } = kept;
    if (operationId !== null) {
      const record = await journal.read(await operationId);
      if (record?.canaryId != null) return record.canaryId;
      throw new Refusal('REFUSED', 'This plan was applied already.');
    }
    const split = mustSplit(request);
    const first = outlooksOf(request, split)[0];
    const { operation } = plan;
    if (operation.kind !== 'setWeights' || operation.weights.join() !== first?.weights.join())
      throw new Refusal('REFUSED', 'This plan is not the first step of that canary. Review it again.');
    if (openOn(book, request) !== undefined)
      throw new Refusal(
        'REFUSED',
        'A guided canary is under way on this split already. Finish it or take it back.',
      );
    const step = request.steps[0];
    if (step === undefined) throw new Refusal('REFUSED', 'A canary needs a step.');
    operations.check(planId, { ticked, typedName });
    const id = ports.random.id();
    starting.add(id);
    const canary = await book.put({
      id,
      request: { ...request, reason },
      title: `Canary: ${split.destinations[request.destination]?.title ?? ''} of ${plan.serviceName}`,
      connectionTitle: plan.connection.title,
      serviceId: plan.serviceId,
      serviceName: plan.serviceName,
      state: 'running',
      step: 0,
      stepStartedAt: null,
      note: '',
      operationIds: [],
      before: operation.seen.weights,
      consent: { ticked: [...ticked], typedName },
      startedAt: ports.clock.now(),
      finishedAt: null,
    });
    try {
      const begun = await operations.apply({
        planId,
        reason,
        ticked,
        typedName,
        watch: watchOf(canary, step),
        alongside: { canaryId: canary.id },
      });
      await book.update(canary.id, { operationIds: [begun] });
    } catch (thrown) {
      const note = sayError(thrown, 'Starting');
      await book.update(canary.id, { state: 'takenBack', note, finishedAt: ports.clock.now() });
      throw thrown;
    } finally {
      starting.delete(id);
    }
    return id;
  }

  return {
    isStarting: (canaryId) => starting.has(canaryId),
    async plan(request) {
      const split = mustSplit(request);
      const steps = outlooksOf(request, split);
      const plan = await operations.plan(shiftTo(split, steps[0]?.weights ?? []));
      return { plan, steps };
    },
    start(word) {
      const begun = started.get(word.planId) ?? start(word).finally(() => void started.delete(word.planId));
      started.set(word.planId, begun);
      return begun;
    },
    async pause(canaryId) {
      mustBe(canaryId, ['running']);
      await book.update(canaryId, { state: 'paused', note: `Paused by ${ports.actor}.` });
    },
    async resume(canaryId) {
      mustBe(canaryId, ['paused']);
      await book.update(canaryId, { state: 'running', note: '' });
    },
    async planFinish(canaryId) {
      const { request, before } = mustBe(canaryId, ['running', 'paused']);
      const split = mustSplit(request);
      return operations.plan(shiftTo(split, outlooksOf(request, split, before).at(-1)?.weights ?? []));
    },
    async finish({ canaryId, planId, reason, ticked, typedName }) {
      const canary = mustBe(canaryId, ['running', 'paused']);
      const last = canary.request.steps.length - 1;
      const step = canary.request.steps[last];
      const { operation } = operations.find(planId)?.plan ?? {};
      const weights = outlooksOf(canary.request, mustSplit(canary.request), canary.before).at(-1)?.weights;
      if (step === undefined || operation?.kind !== 'setWeights')
        throw new Refusal('GONE', 'This plan is gone. Nothing was changed. Review it again.');
      if (operation.splitId !== canary.request.splitId || operation.weights.join() !== weights?.join())
        throw new Refusal('REFUSED', 'This plan is not the last step of that canary. Review it again.');
      const id = await operations.apply({
        planId,
        reason,
        ticked,
        typedName,
        watch: watchOf(canary, step),
        alongside: { canaryId },
      });
      await book.update(canaryId, {
        state: 'running',
        step: last,
        stepStartedAt: null,
        note: '',
        operationIds: [...new Set([...book.get(canaryId).operationIds, id])],
      });
      return id;
    },
    async takeBack(canaryId) {
      mustBe(canaryId, ['running', 'paused', 'stuck']);
      const steps = await stepsOf(canaryId, journal);
      const isOpenStep = ({ state, finishedAt }: OperationRecord): boolean =>
        finishedAt === null && (state === 'writing' || state === 'unknown');
      // A step that was refused after it leaves the one before it in force.
      const last = steps.some(isOpenStep) ? undefined : newestWritten(steps);
      if (last?.watch == null)
        throw new Refusal('REFUSED', 'Its step is not written yet; there is nothing to take back.');
      // Before anything else, so that no step is taken meanwhile.
      await book.update(canaryId, { state: 'paused', note: `Taken back by ${ports.actor}.` });
      await journal.update(last.id, (now) =>
        now.watch === null
          ? now
          : { ...now, watch: { ...now.watch, state: 'returning', note: `Taken back by ${ports.actor}.` } },
      );
    },
  };
}

/** The forward steps of a canary as the journal has them, newest first. */
export async function stepsOf(canaryId: string, journal: Pick<Journal, 'list'>): Promise<OperationRecord[]> {
  const records = await journal.list({ canaryId, limit: 100 });
  return records.filter(({ undoOf }) => undoOf === null);
}

/** The step that is in force, of those that `stepsOf` gives. */
export function newestWritten(steps: readonly OperationRecord[]): OperationRecord | undefined {
  return steps.find(({ state }) => state === 'written');
}

/** How a step is watched. */
export function watchOf({ request }: Canary, { forSeconds }: CanaryStep): WatchRequest {
  return { forSeconds, conditions: request.conditions };
}

/** The plan that puts back what was there before the first step, on the split as it is now. */
export async function planBack(
  canary: Canary,
  parts: Pick<CanaryParts, 'split' | 'operations'>,
): Promise<Plan> {
  const split = parts.split(canary.request.connectionId, canary.request.splitId);
  if (split === undefined)
    throw new Refusal('REFUSED', 'The split is gone: nothing can be put back into it.');
  return parts.operations.plan(shiftTo(split, canary.before));
}

/** Whether the declared weights are those that a step wrote. */
export function standsAs({ operation }: OperationRecord, split: Split): boolean {
  return operation.kind === 'setWeights' && operation.weights.join() === weightsOf(split).join();
}

function openOn(book: CanaryBook, { connectionId, splitId }: CanaryRequest): Canary | undefined {
  return book
    .all()
    .find(
      (canary) =>
        isOpen(canary) && canary.request.connectionId === connectionId && canary.request.splitId === splitId,
    );
}

const stateWords: Readonly<Record<Canary['state'], string>> = {
  running: 'running',
  paused: 'paused',
  finished: 'finished',
  takenBack: 'taken back',
  stuck: 'stuck',
};

import { sayError } from '../../connectors/kit/peerError.ts';
import type { OperationRecord } from '../../model/record.ts';
import type { Canary } from '../../model/watch.ts';
import { Refusal } from '../refusal.ts';
import { isOpen } from './canaryBook.ts';
import { newestWritten, standsAs, stepsOf, watchOf, type CanaryParts } from './canaries.ts';
import { outlooksOf, shiftTo, stepThatSet } from './canarySteps.ts';
import { writtenAt } from './watches.ts';

/** Moves guided canaries on, by what the journal says of their steps; so a restart changes nothing. */
export interface CanaryPace {
  /** Never throws. */
  tend(canary: Canary): Promise<void>;
}

interface PaceParts extends CanaryParts {
  isStarting(canaryId: string): boolean;
  /** Whether the connection is open here, and is the server of the first step. */
  isOpenFor(record: OperationRecord): boolean;
}

export function createCanaryPace(parts: PaceParts): CanaryPace {
  const { book, journal, operations, ports } = parts;

  const end = (id: string, state: 'finished' | 'takenBack', note: string) =>
    book.update(id, { state, note, finishedAt: ports.clock.now() });

  async function tend(canary: Canary): Promise<void> {
    if (!isOpen(canary) || parts.isStarting(canary.id)) return;
    const steps = await stepsOf(canary.id, journal);
    const last = steps[0];
    if (last === undefined) {
      await end(canary.id, 'takenBack', 'Podium ended before its first step; nothing was written.');
      return;
    }
    // The journal is written first: a canary that was cut off before its own line follows it here.
    if (canary.operationIds.at(-1) !== last.id)
      await book.update(canary.id, {
        operationIds: steps.map(({ id }) => id).reverse(),
        step:
          last.operation.kind === 'setWeights'
            ? (stepThatSet(last.operation.weights, canary.request, canary.before) ?? canary.step)
            : canary.step,
      });
    if (last.finishedAt === null && (last.state === 'writing' || last.state === 'unknown')) return;
    const now = book.get(canary.id);
    const standing = newestWritten(steps);
    if (standing?.watch?.state === 'returned') await end(now.id, 'takenBack', standing.watch.note);
    else if (last.state !== 'written') await notWritten(now, last, steps.length);
    else await followWatch(now, last);
  }

  async function notWritten(canary: Canary, last: OperationRecord, tries: number): Promise<void> {
    const note = last.error ?? 'The step was not written.';
    if (tries === 1 && last.state === 'notWritten') await end(canary.id, 'takenBack', note);
    // A step that was refused is not sent again and again: the operator resumes when it may go on.
    else if (canary.state !== 'running') return;
    else if (!triedAgain.has(last.id)) await pause(canary, note, last.id);
    else await advanceFrom(canary, last);
  }

  /** Steps that failed and were told; a canary that is resumed after that tries anew. */
  const triedAgain = new Set<string>();

  async function pause(canary: Canary, note: string, failedId: string | null = null): Promise<void> {
    if (failedId !== null) triedAgain.add(failedId);
    await book.update(canary.id, { state: 'paused', note });
  }

  async function followWatch(canary: Canary, last: OperationRecord): Promise<void> {
    const at = writtenAt(last);
    if (canary.stepStartedAt !== at) await book.update(canary.id, { stepStartedAt: at });
    const now = book.get(canary.id);
    switch (last.watch?.state) {
      case 'returned':
        await end(canary.id, 'takenBack', last.watch.note);
        return;
      case 'stuck':
        if (now.note !== last.watch.note)
          await book.update(canary.id, { state: 'stuck', note: last.watch.note });
        return;
      case 'stopped':
        if (now.state === 'running' && triedAgain.has(last.id)) await advanceFrom(now, last);
        else if (!triedAgain.has(last.id)) await pause(now, last.watch.note, last.id);
        return;
      case 'passed':
        if (now.state === 'running') await advanceFrom(now, last);
        return;
      case 'watching':
      case 'returning':
      case undefined:
        return;
    }
  }

  async function advanceFrom(canary: Canary, last: OperationRecord): Promise<void> {
    const { request } = canary;
    const written = last.state === 'written';
    const next = written ? canary.step + 1 : canary.step;
    const step = request.steps[next];
    if (step === undefined) {
      await end(canary.id, 'finished', 'All steps are done, and nothing came true.');
      return;
    }
    if (!parts.isOpenFor(last)) return;
    const split = parts.split(request.connectionId, request.splitId);
    if (split === undefined) return pause(canary, 'The split is gone: its document or route was taken away.');
    if (written && !standsAs(last, split))
      return pause(
        canary,
        `${split.changedBy?.who ?? 'Someone else'} changed the weights since the last step.`,
      );
    try {
      await takeStep(canary, next);
    } catch (thrown) {
      const note = thrown instanceof Refusal ? thrown.message : sayError(thrown, 'Taking the next step');
      await pause(book.get(canary.id), note);
    }
  }

  async function takeStep(canary: Canary, next: number): Promise<void> {
    const { request, consent } = canary;
    const split = parts.split(request.connectionId, request.splitId);
    const step = request.steps[next];
    if (split === undefined || step === undefined) return;
    const weights = outlooksOf(request, split, canary.before)[next]?.weights ?? [];
    const plan = await operations.plan(shiftTo(split, weights));
    if (plan.threeWay !== null)
      throw new Refusal('REFUSED', 'Someone else changed the weights since the last step.');
    const asks = plan.guards.filter(
      ({ id, verdict }) => verdict === 'typeName' || (verdict === 'tick' && !consent.ticked.includes(id)),
    );
    if (asks[0] !== undefined)
      throw new Refusal('REFUSED', `The next step asks for your word: ${asks[0].title}.`);
    // It may have been paused while the step was being planned.
    if (book.get(canary.id).state !== 'running') return;
    const id = await operations.apply({
      planId: plan.id,
      reason: `Step ${next + 1} of ${request.steps.length}. ${request.reason}`.slice(0, 2_000),
      ticked: consent.ticked,
      typedName: null,
      watch: watchOf(canary, step),
      alongside: { canaryId: canary.id },
    });
    await book.update(canary.id, {
      step: next,
      stepStartedAt: null,
      note: '',
      operationIds: [...book.get(canary.id).operationIds, id],
    });
  }

  return { tend };
}

import { sayError } from '../connectors/kit/peerError.ts';
import { noWayBack, type Operation } from '../model/operation.ts';
import type { Plan } from '../model/plan.ts';
import type { OperationRecord } from '../model/record.ts';
import type { WatchRequest, WatchState } from '../model/watch.ts';
import { admit, hindranceOf, type Consent, type Standing } from './admission.ts';
import { carryOut } from './carryOut.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import { holdFor, recordOf, type Alongside } from './planParts.ts';
import { createPlans, type KeptPlan, type PlansWorld } from './plans.ts';
import type { Ports } from './ports.ts';
import { Refusal } from './refusal.ts';
import { wasWrittenOn } from './writtenOn.ts';

/** What the operations need of the rest of the console. */
export interface OperationsWorld extends PlansWorld {
  /** Climbs the ladder of a written or unresolved record to its end. */
  follow(record: OperationRecord, connection: LiveConnection): Promise<void>;
  /** The watch over a write that is about to be made. Throws a Refusal where it would take it back at once. */
  beginWatch(kept: KeptPlan, request: WatchRequest): Promise<WatchState>;
}

/** What a window may ask of the operations. */
export interface Operations {
  /** Whether this process is writing or following an operation now. */
  isUnderway(operationId: string): boolean;
  plan(operation: Operation, reason?: string): Promise<Plan>;
  planUndo(operationId: string): Promise<Plan>;
  apply(request: ApplyRequest): Promise<string>;
  /** Applies a plan that takes back what an operator wrote and agreed to have taken back. */
  applyAgreed(planId: string, reason: string, alongside?: Alongside): Promise<string>;
  /** Throws a Refusal where the plan could not be applied now with this consent; applies nothing. */
  check(planId: string, consent: Consent): void;
  /** What a plan is about, while it is kept. */
  find(planId: string): KeptPlan | undefined;
}

/** What comes with the word to apply. */
export interface ApplyRequest extends Consent {
  readonly planId: string;
  readonly reason: string;
  readonly watch?: WatchRequest | null;
  /** Takes the change back after so long; a trip has its own deadline. */
  readonly expireSeconds?: number | null;
  readonly alongside?: Alongside;
}

/** Plans, applies and undoes. A window can only apply what it was shown: plans stay here, it gets their ids. */
export function createOperations(world: OperationsWorld, journal: Journal, ports: Ports): Operations {
  const plans = createPlans(world, journal, ports);
  const underway = new Set<string>();

  const nowOf = ({ connection }: KeptPlan) => ({
    connection: world.connection(connection.id),
    at: ports.clock.now(),
  });

  /** A second word for the same plan gets the same operation; one that was refused may be said again. */
  function once(kept: KeptPlan, begin: () => Promise<string>): Promise<string> {
    kept.operationId ??= begin().catch((thrown: unknown) => {
      kept.operationId = null;
      throw thrown;
    });
    return kept.operationId;
  }

  function mustFind(planId: string): KeptPlan {
    const kept = plans.find(planId);
    if (kept !== undefined) return kept;
    throw new Refusal(
      'GONE',
      'This console made no such plan, or forgot it. Nothing was changed. Review it again.',
    );
  }

  async function begin(
    kept: KeptPlan,
    reason: string,
    standing: Standing,
    alongside: Alongside,
  ): Promise<string> {
    const { record, write } = stamped(kept, recordOf(kept, reason, alongside, ports));
    underway.add(record.id);
    try {
      await journal.append(record);
    } catch (thrown) {
      underway.delete(record.id);
      throw new Refusal(
        'REFUSED',
        sayError(thrown, 'Nothing was written, because the journal could not take it down first'),
      );
    }
    void carryOut({ ...kept, write }, record, {
      hindrance: () => hindranceOf(kept, nowOf(kept), standing),
      follow: (record, connection) => world.follow(record, connection),
      journal,
      ports,
    })
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

  return {
    isUnderway: (operationId) => underway.has(operationId),
    plan: (operation, reason = '') => plans.make(operation, { reason }),
    async planUndo(operationId) {
      const record = await journal.read(operationId);
      if (record === null) throw new Refusal('REFUSED', 'The journal has no such operation.');
      // Where nobody can tell whether it was written, the documents do.
      const mayBeWritten = record.state === 'unknown' && record.finishedAt !== null;
      if (record.state !== 'written' && record.state !== 'partly' && !mayBeWritten)
        throw new Refusal('REFUSED', 'There is nothing to undo: this operation was not written.');
      if (record.undoneBy !== null) throw new Refusal('REFUSED', 'This operation was undone already.');
      const { operation } = record;
      const lost = noWayBack(operation, record.undoOf !== null);
      if (lost !== null) throw new Refusal('REFUSED', lost);
      const connection = world.connection(record.connection.id);
      if (connection !== undefined && !wasWrittenOn(record, connection)) {
        throw new Refusal(
          'REFUSED',
          `This was written at ${record.connection.server}, but ${connection.title} is ${connection.server() || 'not open'} now. Nothing can be undone there.`,
        );
      }
      if (record.changes.some(({ withheld }) => withheld)) {
        throw new Refusal(
          'REFUSED',
          'This cannot be undone from here: the values before it were secret and were not kept.',
        );
      }
      return plans.make(backwards(operation, record.revisionAfter), { undoOf: record });
    },
    find: (planId) => plans.find(planId),
    check(planId, consent) {
      const kept = mustFind(planId);
      admit(kept, nowOf(kept), journal, consent);
    },
    async apply({ planId, reason, ticked, typedName, watch = null, expireSeconds = null, alongside = {} }) {
      const kept = mustFind(planId);
      if (kept.operationId !== null) return kept.operationId;
      const consent = { ticked, typedName };
      admit(kept, nowOf(kept), journal, consent);
      return once(kept, async () => {
        const expires = expireSeconds === null ? {} : { hold: expiryOf(kept, expireSeconds, ports) };
        const watched = watch === null ? {} : { watch: await world.beginWatch(kept, watch) };
        return begin(kept, reason, consent, { ...alongside, ...watched, ...expires });
      });
    },
    async applyAgreed(planId, reason, alongside = {}) {
      const kept = mustFind(planId);
      if (kept.operationId !== null) return kept.operationId;
      admit(kept, nowOf(kept), journal, 'agreed');
      return once(kept, () => begin(kept, reason, 'agreed', alongside));
    },
  };
}

/** Throws a Refusal for what cannot be taken back by itself. */
function expiryOf({ plan }: KeptPlan, seconds: number, { clock }: Ports): OperationRecord['hold'] {
  const refuse = (why: string): never => {
    throw new Refusal('REFUSED', `Not applied: ${why}`);
  };
  if (plan.holdSeconds !== null) return refuse('a trip ends at its own deadline.');
  if (plan.operation.kind === 'endTrip') return refuse('the end of a trip does not expire.');
  if (plan.operation.kind === 'silence') return refuse('a silence ends by itself.');
  if (plan.operation.kind === 'closeBreaker') return refuse('nothing holds a breaker closed.');
  if (plan.undoOf !== null) return refuse('a way back does not expire.');
  if (plan.changes.some(({ withheld }) => withheld))
    return refuse('the values before it are secret and not kept, so it could not be taken back.');
  return holdFor(seconds, clock);
}

/** The write and its record with who applies it, why and until when, where its documents tell others. */
function stamped({ control, write }: KeptPlan, record: OperationRecord) {
  const { id, actor, reason, at, hold } = record;
  const stamp = { operationId: id, by: actor, reason, at, until: hold?.until ?? null };
  const made = control.stamp?.(write, stamp) ?? write;
  return { write: made, record: { ...record, changes: [...made.changes] } };
}

/** What an undo asks for: weights name what they go back to, all else is told by the documents before. */
function backwards(operation: Operation, revisionAfter: string | null): Operation {
  if (operation.kind !== 'setWeights') return operation;
  return {
    ...operation,
    weights: operation.seen.weights,
    seen: { revision: revisionAfter ?? '', weights: operation.weights },
  };
}

import { sayError } from '../connectors/kit/peerError.ts';
import type { Operation } from '../model/operation.ts';
import type { Plan } from '../model/plan.ts';
import type { OperationRecord } from '../model/record.ts';
import { admit, hindranceOf } from './admission.ts';
import { carryOut } from './carryOut.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import { recordOf } from './planParts.ts';
import { createPlans, type KeptPlan, type PlansWorld } from './plans.ts';
import type { Ports } from './ports.ts';
import { Refusal } from './refusal.ts';

/** What the operations need of the rest of the console. */
export interface OperationsWorld extends PlansWorld {
  /** Climbs the ladder of a written or unresolved record to its end. */
  follow(record: OperationRecord, connection: LiveConnection): Promise<void>;
}

/** What a window may ask of the operations. */
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

/** Plans, applies and undoes. A window can only apply what it was shown: plans stay here, it gets their ids. */
export function createOperations(world: OperationsWorld, journal: Journal, ports: Ports): Operations {
  const plans = createPlans(world, journal, ports);
  const underway = new Set<string>();

  const nowOf = ({ connection }: KeptPlan) => ({
    connection: world.connection(connection.id),
    at: ports.clock.now(),
  });

  async function begin(kept: KeptPlan, reason: string): Promise<string> {
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
    void carryOut(kept, record, {
      hindrance: () => hindranceOf(kept, nowOf(kept)),
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
    plan: (operation) => plans.make(operation),
    async planUndo(operationId) {
      const record = await journal.read(operationId);
      if (record === null) throw new Refusal('REFUSED', 'The journal has no such operation.');
      if (record.state !== 'written' && record.state !== 'partly')
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
      if (record.changes.some(({ withheld }) => withheld)) {
        throw new Refusal(
          'REFUSED',
          'This cannot be undone from here: the values before it were secret and were not kept.',
        );
      }
      return plans.make(backwards(operation, record.revisionAfter), record);
    },
    async apply({ planId, reason, ticked, typedName }) {
      const kept = plans.find(planId);
      if (kept === undefined)
        throw new Refusal(
          'GONE',
          'This console made no such plan, or forgot it. Nothing was changed. Review it again.',
        );
      if (kept.operationId !== null) return kept.operationId;
      admit(kept, nowOf(kept), journal, { ticked, typedName });
      kept.operationId = begin(kept, reason);
      return kept.operationId;
    },
  };
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

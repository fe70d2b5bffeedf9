import type { OperationRecord } from '../../model/record.ts';
import type { HeldTrip } from '../../model/trip.ts';
import type { Journal } from '../journal.ts';

/** Whether a record wrote the marker that a trip carries: the marker's id stands in what was written. */
export function wrote({ operation, changes }: OperationRecord, { operationId }: HeldTrip): boolean {
  return (
    operation.kind === 'trip' &&
    operationId !== '' &&
    changes.some(({ after, patch }) => `${after}${JSON.stringify(patch)}`.includes(operationId))
  );
}

/** The operation of this journal that made a trip; null where another Podium made it. */
export async function ownerOf(
  trip: HeldTrip,
  connectionTitle: string,
  journal: Pick<Journal, 'list'>,
): Promise<OperationRecord | null> {
  if (trip.operationId === '') return null;
  const named = await journal.list({ connectionTitle, query: trip.operationId, limit: 50 });
  return named.find((record) => wrote(record, trip)) ?? null;
}

import { isCaller } from '../analysis/heldTrips.ts';
import type { Affected } from '../model/change.ts';
import type { EntityId } from '../model/entity.ts';
import type { GraphService } from '../model/graph.ts';
import type { Operation } from '../model/operation.ts';
import type { HeldTrip } from '../model/trip.ts';

/** What tells whose calls a trip stops. */
interface Known {
  /** The trips that documents of the connection carry now. */
  readonly held: readonly HeldTrip[];
  service(id: EntityId): GraphService | null;
}

/** Of the callers those who feel it: all of them, or the one whose calls alone are or were stopped. */
export function affectedBy(operation: Operation, callers: readonly Affected[], known: Known): Affected[] {
  if (operation.kind === 'trip' || operation.kind === 'closeBreaker') {
    const only = operation.call.caller;
    return callers.filter(({ callerId }) => only === null || callerId === only.id);
  }
  if (operation.kind !== 'endTrip') return [...callers];
  // A trip that is gone meanwhile may have stopped anybody.
  const only = known.held.find(({ id }) => id === operation.tripId)?.caller ?? null;
  if (only === null) return [...callers];
  return callers.filter(({ callerId, callerName }) =>
    isCaller(only, known.service(callerId) ?? { name: callerName, namespace: only.namespace }),
  );
}

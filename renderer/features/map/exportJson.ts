import { tripStops } from '../../../shared/analysis/heldTrips.ts';
import type { CallId, EntityId } from '../../../shared/model/entity.ts';
import type { GraphCall, GraphService } from '../../../shared/model/graph.ts';
import type { CallSignals, Provenance, ServiceSignals } from '../../../shared/model/signals.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import type { Shown } from '../../state/shown.ts';

interface ExportInput {
  readonly shown: Shown;
  readonly services: ReadonlyMap<EntityId, GraphService>;
  readonly calls: ReadonlyMap<CallId, GraphCall>;
  readonly trips: readonly HeldTrip[];
  readonly signals: {
    readonly services: ReadonlyMap<EntityId, ServiceSignals>;
    readonly calls: ReadonlyMap<CallId, CallSignals>;
    readonly provenance: readonly Provenance[];
  };
  readonly now: number;
}

/** What is shown on the map as JSON: the shape, the figures or null, where they are from and when. */
export function mapAsJson({ shown, services, calls, trips, signals, now }: ExportInput): string {
  const picture = {
    takenAt: new Date(now).toISOString(),
    sources: signals.provenance,
    services: shown.services.map((id) => ({
      ...services.get(id),
      signals: signals.services.get(id) ?? null,
      held: trips.filter(({ calleeId }) => calleeId === id).map(asHeld),
    })),
    calls: shown.calls.map((id) => {
      const call = calls.get(id);
      const caller = services.get(call?.callerId ?? '') ?? null;
      const held = trips.filter((trip) => call !== undefined && tripStops(trip, call.calleeId, caller));
      return { ...call, signals: signals.calls.get(id) ?? null, held: held.map(asHeld) };
    }),
  };
  return JSON.stringify(picture, null, 2);
}

/** A trip as who reads the file needs it: whose calls, until when, what they get, who holds them and why. */
function asHeld({ caller, until, mechanism, by, reason }: HeldTrip) {
  return { caller, until: new Date(until).toISOString(), mechanism, by, reason };
}

import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { faceIn } from '../../shared/analysis/faceIn.ts';
import { soonestFirst, tripStops } from '../../shared/analysis/heldTrips.ts';
import type { CallId, EntityId } from '../../shared/model/entity.ts';
import type { HeldTrip } from '../../shared/model/trip.ts';
import { watch } from '../client/watch.ts';
import { useTopology } from './topology.ts';

/** Every trip that some document carries, whoever made it; the one that ends first stands first. */
export const useTripStore = create<{ readonly trips: readonly HeldTrip[] }>(() => ({ trips: [] }));

export function useTrips(): readonly HeldTrip[] {
  return useTripStore((state) => state.trips);
}

/** The trip that stops one call, the first to end where there are several; null when nothing stops it. */
export function useTripOfCall(callId: CallId | null): HeldTrip | null {
  const call = useTopology((graph) => (callId === null ? null : (graph.calls.get(callId) ?? null)));
  const caller = useTopology((graph) => (call === null ? null : (graph.services.get(call.callerId) ?? null)));
  return useTripStore((state) =>
    call === null ? null : (state.trips.find((trip) => tripStops(trip, call.calleeId, caller)) ?? null),
  );
}

/** The trips that stop calls to one service. */
export function useTripsOf(calleeId: EntityId | null): readonly HeldTrip[] {
  return useTripStore(
    useShallow((state) => state.trips.filter((trip) => calleeId !== null && trip.calleeId === calleeId)),
  );
}

/** Tells what a host is called on the map of a connection; null where the map does not know it. */
export function nameOfHostIn(connectionId: string): (host: string) => string | null {
  // The name is looked up when it is drawn: two thousand cards are not drawn anew when one service comes.
  return (host) => {
    for (const service of useTopology.getState().services.values())
      if (faceIn(service, connectionId)?.hosts.includes(host) === true) return service.name;
    return null;
  };
}

/** Listens to held trips until the returned function is called. */
export function watchTrips(): () => void {
  return watch((client, signal) => client.trips.watch(undefined, { signal }), {
    onValue: (trips) => useTripStore.setState({ trips: soonestFirst(trips) }),
  });
}

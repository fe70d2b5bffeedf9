import { useMemo } from 'react';
import { callId as callIdOf } from '../../../shared/analysis/entityIds.ts';
import { detoursOf } from '../../../shared/analysis/heldTrips.ts';
import { useTopology } from '../../live/topology.ts';
import { useTrips } from '../../live/trips.ts';
import type { MapDetour, MapNode } from './MapCanvas.ts';

const none: readonly MapDetour[] = [];

/**
 * The ways that calls take while trips divert them. Where calls go that way by now, `onCall` names the line that shows
 * them already; of a detour to what is filtered out nothing is drawn.
 */
export function useDetours(nodes: readonly MapNode[]): readonly MapDetour[] {
  const trips = useTrips();
  const services = useTopology((graph) => graph.services);
  const calls = useTopology((graph) => graph.calls);
  return useMemo(() => {
    if (trips.length === 0) return none;
    const drawn = new Set(nodes.map(({ id }) => id));
    const found = detoursOf(trips, services, calls.values())
      .filter(({ callerId, calleeId }) => drawn.has(callerId) && drawn.has(calleeId))
      .map((detour) => {
        const id = callIdOf(detour.callerId, detour.calleeId);
        const caller = services.get(detour.callerId)?.name ?? 'unknown';
        const answering = services.get(detour.calleeId)?.name ?? 'unknown';
        return {
          ...detour,
          onCall: calls.has(id) ? id : null,
          label: `${answering} answers ${caller} instead`,
        };
      });
    return found.length === 0 ? none : found;
  }, [trips, services, calls, nodes]);
}

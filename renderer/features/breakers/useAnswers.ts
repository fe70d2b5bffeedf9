import { useMemo } from 'react';
import { faceIn } from '../../../shared/analysis/faceIn.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { Fallback } from '../../../shared/model/trip.ts';
import { useWatched } from '../../client/useWatched.ts';
import { useSplitsOf } from '../../live/splits.ts';
import { useTopology } from '../../live/topology.ts';
import { answerTargets } from './answerTargets.ts';
import type { AnswerTarget } from './tripDraft.ts';

/** Who could answer instead of a service in one system, as the map knows it now. */
export function useAnswerTargets(callee: GraphService, connectionId: string): readonly AnswerTarget[] {
  const services = useTopology((graph) => graph.services);
  const splits = useSplitsOf(callee.id);
  return useMemo(() => {
    const known = faceIn(callee, connectionId);
    const own = splits.filter((split) => split.connectionId === connectionId);
    return known === null ? [] : answerTargets(known, services.values(), own);
  }, [callee, connectionId, services, splits]);
}

/** The fallback that is declared for calls to a service; null while it is being read, and where there is none. */
export function useDeclaredFallback(calleeId: EntityId): Fallback | null {
  const detail = useWatched(calleeId, (client, signal) =>
    client.services.inspect({ serviceId: calleeId }, { signal }),
  );
  return detail.value?.callsIn.find((call) => call.fallback !== null)?.fallback ?? null;
}

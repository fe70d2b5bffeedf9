import { useMemo } from 'react';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { Fallback } from '../../../shared/model/trip.ts';
import { useWatched } from '../../client/useWatched.ts';
import { useSplitsOf } from '../../live/splits.ts';
import { useTopology } from '../../live/topology.ts';
import { answerTargets } from './answerTargets.ts';
import type { AnswerTarget } from './tripDraft.ts';

/** Who could answer instead of a service, as the map knows it now. */
export function useAnswerTargets(callee: GraphService): readonly AnswerTarget[] {
  const services = useTopology((graph) => graph.services);
  const splits = useSplitsOf(callee.id);
  return useMemo(() => answerTargets(callee, services.values(), splits), [callee, services, splits]);
}

/** The fallback that is declared for calls to a service; null while it is being read, and where there is none. */
export function useDeclaredFallback(calleeId: EntityId): Fallback | null {
  const detail = useWatched(calleeId, (client, signal) =>
    client.services.inspect({ serviceId: calleeId }, { signal }),
  );
  return detail.value?.callsIn.find((call) => call.fallback !== null)?.fallback ?? null;
}

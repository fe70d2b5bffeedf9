import type { Affected } from '../model/change.ts';
import type { GraphService } from '../model/graph.ts';
import type { OneMap } from './oneMap.ts';
import { defaultWindowSeconds } from './world.ts';

/** Who calls a service, in whatever system, busiest first; rates are null where nothing measures them now. */
export function callersOf(oneMap: OneMap, service: GraphService): Affected[] {
  const { services, calls } = oneMap.graph();
  const calleeId = oneMap.faces().primaryOf(service.id);
  const names = new Map(services.map(({ id, name }) => [id, name]));
  const signals = oneMap.signals(defaultWindowSeconds).calls;
  return calls
    .filter((call) => call.calleeId === calleeId)
    .map((call) => ({
      callerId: call.callerId,
      callerName: names.get(call.callerId) ?? call.callerId,
      requestsPerSecond: signals.get(call.id)?.requestsPerSecond ?? null,
    }))
    .sort((a, b) => (b.requestsPerSecond ?? -1) - (a.requestsPerSecond ?? -1));
}

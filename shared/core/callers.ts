import type { Affected } from '../model/change.ts';
import type { GraphService } from '../model/graph.ts';
import type { World } from './world.ts';

/** Who calls a service, busiest first; rates are null where nothing measures them now. */
export function callersOf(world: World, service: GraphService): Affected[] {
  const connection = world.connectionOf(service.id);
  if (connection === undefined) return [];
  const { services, calls } = world.graph();
  const names = new Map(services.map(({ id, name }) => [id, name]));
  const signals = world.latest(connection)?.folded.callSignals;
  return calls
    .filter((call) => call.calleeId === service.id)
    .map((call) => ({
      callerId: call.callerId,
      callerName: names.get(call.callerId) ?? call.callerId,
      requestsPerSecond: signals?.get(call.id)?.requestsPerSecond ?? null,
    }))
    .sort((a, b) => (b.requestsPerSecond ?? -1) - (a.requestsPerSecond ?? -1));
}

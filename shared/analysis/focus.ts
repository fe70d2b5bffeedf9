import type { CallId, EntityId } from '../model/entity.ts';
import type { GraphCall } from '../model/graph.ts';

type Ends = Pick<GraphCall, 'id' | 'callerId' | 'calleeId'>;

/** A part of the map. */
export interface Part {
  readonly services: ReadonlySet<EntityId>;
  readonly calls: ReadonlySet<CallId>;
}

/** A service with its callers up to `up` hops away and its callees up to `down` hops away, and the calls between them. */
export function focusOn(
  serviceId: EntityId,
  calls: readonly Ends[],
  hops: { readonly up: number; readonly down: number },
): Part {
  const services = new Set<EntityId>([serviceId]);
  for (const id of reach(serviceId, neighbours(calls, 'down'), hops.down)) services.add(id);
  for (const id of reach(serviceId, neighbours(calls, 'up'), hops.up)) services.add(id);
  const between = calls.filter((call) => services.has(call.callerId) && services.has(call.calleeId));
  return { services, calls: new Set(between.map((call) => call.id)) };
}

/** The shortest way of calls from one service to another; null when calls lead there in neither direction. */
export function pathBetween(from: EntityId, to: EntityId, calls: readonly Ends[]): Part | null {
  return directed(from, to, calls) ?? directed(to, from, calls);
}

/** Everyone that calls lead to from a service, near and far, and everyone they come from; whom both hold counts as called. */
export function connectedWith(
  serviceId: EntityId,
  calls: readonly Ends[],
): { readonly callees: ReadonlySet<EntityId>; readonly callers: ReadonlySet<EntityId> } {
  const callees = reach(serviceId, neighbours(calls, 'down'), Infinity);
  const callers = reach(serviceId, neighbours(calls, 'up'), Infinity);
  callees.delete(serviceId);
  for (const id of [serviceId, ...callees]) callers.delete(id);
  return { callees, callers };
}

/** Services that neither call nor are called: what "hide idle" hides. */
export function idleServices(ids: Iterable<EntityId>, calls: readonly Ends[]): Set<EntityId> {
  const busy = new Set(calls.flatMap((call) => [call.callerId, call.calleeId]));
  return new Set([...ids].filter((id) => !busy.has(id)));
}

function directed(from: EntityId, to: EntityId, calls: readonly Ends[]): Part | null {
  const next = neighbours(calls, 'down');
  const cameBy = new Map<EntityId, Ends>();
  const queue: EntityId[] = [from];
  const seen = new Set(queue);
  for (let i = 0; i < queue.length; i += 1) {
    const id = queue[i] ?? from;
    if (id === to) return trace(from, to, cameBy);
    for (const call of next.get(id) ?? []) {
      if (seen.has(call.calleeId)) continue;
      seen.add(call.calleeId);
      cameBy.set(call.calleeId, call);
      queue.push(call.calleeId);
    }
  }
  return null;
}

function trace(from: EntityId, to: EntityId, cameBy: ReadonlyMap<EntityId, Ends>): Part {
  const services = new Set<EntityId>([to]);
  const calls = new Set<CallId>();
  for (let id = to; id !== from;) {
    const call = cameBy.get(id);
    if (call === undefined) break;
    calls.add(call.id);
    services.add(call.callerId);
    id = call.callerId;
  }
  return { services, calls };
}

function reach(from: EntityId, next: ReadonlyMap<EntityId, readonly Ends[]>, hops: number): Set<EntityId> {
  const seen = new Set<EntityId>([from]);
  let edge: EntityId[] = [from];
  for (let hop = 0; hop < hops && edge.length > 0; hop += 1) {
    const further: EntityId[] = [];
    for (const id of edge) {
      for (const call of next.get(id) ?? []) {
        const other = call.callerId === id ? call.calleeId : call.callerId;
        if (seen.has(other)) continue;
        seen.add(other);
        further.push(other);
      }
    }
    edge = further;
  }
  return seen;
}

function neighbours(calls: readonly Ends[], direction: 'up' | 'down'): Map<EntityId, Ends[]> {
  const map = new Map<EntityId, Ends[]>();
  for (const call of calls) {
    const key = direction === 'down' ? call.callerId : call.calleeId;
    const list = map.get(key);
    if (list === undefined) map.set(key, [call]);
    else list.push(call);
  }
  return map;
}

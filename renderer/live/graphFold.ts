import type { GraphCall, GraphService, GraphUpdate } from '../../shared/model/graph.ts';
import type { CallId, EntityId } from '../../shared/model/entity.ts';
import { plainSentence, plainService } from './plain.ts';

/** The map's shape as the window holds it. `receivedAt` is null until the console has said anything. */
export interface Graph {
  readonly services: ReadonlyMap<EntityId, GraphService>;
  readonly calls: ReadonlyMap<CallId, GraphCall>;
  /** By the id under which one of several systems knows a service: the id of the node that stands for it. */
  readonly nodes: ReadonlyMap<EntityId, EntityId>;
  readonly serviceIds: readonly EntityId[];
  readonly callIds: readonly CallId[];
  readonly problems: readonly string[];
  readonly receivedAt: number | null;
}

export const emptyGraph: Graph = {
  services: new Map(),
  calls: new Map(),
  nodes: new Map(),
  serviceIds: [],
  callIds: [],
  problems: [],
  receivedAt: null,
};

/** Adds one update to the graph; lists of ids keep their identity while no id came or went. */
export function foldGraph(before: Graph, update: GraphUpdate, now: number): Graph {
  const services = foldById(
    before.services,
    update.services.map(plainService),
    update.full,
    update.gone.services,
  );
  const calls = foldById(before.calls, update.calls, update.full, update.gone.calls);
  return {
    services,
    calls,
    nodes: services === before.services ? before.nodes : nodesOf(services),
    serviceIds: sameKeys(before.serviceIds, services),
    callIds: sameKeys(before.callIds, calls),
    problems: update.problems.map(plainSentence),
    receivedAt: now,
  };
}

function nodesOf(services: ReadonlyMap<EntityId, GraphService>): ReadonlyMap<EntityId, EntityId> {
  const nodes = new Map<EntityId, EntityId>();
  for (const { id, faces } of services.values())
    for (const { serviceId } of faces ?? []) nodes.set(serviceId, id);
  return nodes;
}

function foldById<T extends { readonly id: string }>(
  before: ReadonlyMap<string, T>,
  changed: readonly T[],
  full: boolean,
  gone: readonly string[],
): ReadonlyMap<string, T> {
  if (!full && changed.length === 0 && gone.length === 0) return before;
  const after = new Map(full ? [] : before);
  for (const item of changed) after.set(item.id, item);
  for (const id of gone) after.delete(id);
  return after;
}

function sameKeys(before: readonly string[], after: ReadonlyMap<string, unknown>): readonly string[] {
  if (before.length === after.size && before.every((id) => after.has(id))) return before;
  return [...after.keys()].sort();
}

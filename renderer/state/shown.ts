import { useMemo } from 'react';
import { focusOn, idleServices, pathBetween } from '../../shared/analysis/focus.ts';
import { matchesSearch, parseSearch } from '../../shared/analysis/search.ts';
import type { CallId, EntityId } from '../../shared/model/entity.ts';
import type { GraphCall, GraphService } from '../../shared/model/graph.ts';
import type { CallSignals, ServiceSignals } from '../../shared/model/signals.ts';
import { useSignals } from '../live/signals.ts';
import { useTopology } from '../live/topology.ts';
import { useTrips } from '../live/trips.ts';
import { type FilterState, useFilters } from './filters.ts';

/** What is left of the map once the filters have taken their part, sorted by id. */
export interface Shown {
  readonly services: readonly EntityId[];
  readonly calls: readonly CallId[];
}

interface ShownInput {
  readonly services: ReadonlyMap<EntityId, GraphService>;
  readonly calls: ReadonlyMap<CallId, GraphCall>;
  readonly serviceSignals: ReadonlyMap<EntityId, ServiceSignals>;
  readonly callSignals: ReadonlyMap<CallId, CallSignals>;
  /** Services whose calls are held. */
  readonly held: ReadonlySet<EntityId>;
  readonly filters: FilterState;
  readonly now: number;
}

/** Applies focus or path, "hide idle" and find expressions, in that order; every expression must hold. */
export function shownOf({
  services,
  calls,
  serviceSignals,
  callSignals,
  held,
  filters,
  now,
}: ShownInput): Shown {
  let ids = new Set(services.keys());
  if (filters.focus !== null && services.has(filters.focus.serviceId)) {
    const { serviceId, hops } = filters.focus;
    ids = new Set(focusOn(serviceId, [...calls.values()], { up: hops, down: hops }).services);
  }
  if (filters.path !== null && services.has(filters.path.from) && services.has(filters.path.to)) {
    const { from, to } = filters.path;
    // Where calls lead no more, the two ends stand alone: that too is an answer.
    ids = new Set(pathBetween(from, to, [...calls.values()])?.services ?? [from, to]);
  }
  if (filters.hideIdle) {
    const busy = [...calls.values()].filter((call) => callSignals.get(call.id)?.requestsPerSecond !== 0);
    for (const id of idleServices(ids, busy)) ids.delete(id);
  }
  for (const query of filters.queries) {
    const search = parseSearch(query);
    for (const id of ids) {
      const service = services.get(id);
      const searched = service && { service, signals: serviceSignals.get(id) ?? null, held: held.has(id) };
      if (!searched || !matchesSearch(search, searched, now)) ids.delete(id);
    }
  }
  const shownCalls = [...calls.values()].filter((call) => ids.has(call.callerId) && ids.has(call.calleeId));
  return { services: [...ids].sort(), calls: shownCalls.map((call) => call.id).sort() };
}

/** What the map and the list show now; the same object until an id comes or goes. */
export function useShown(): Shown {
  const services = useTopology((graph) => graph.services);
  const calls = useTopology((graph) => graph.calls);
  const trips = useTrips();
  const filters = useFilters();
  const plain = filters.queries.length === 0 && !filters.hideIdle;
  // Filters by figures are tried again with each tick; without any, a tick changes nothing here.
  const sequence = useSignals((signals) => (plain ? 0 : signals.sequence));
  const text = useMemo(() => {
    const { services: serviceSignals, calls: callSignals } = useSignals.getState();
    void sequence;
    const held = new Set(trips.flatMap(({ calleeId }) => calleeId ?? []));
    return JSON.stringify(
      shownOf({ services, calls, serviceSignals, callSignals, held, filters, now: Date.now() }),
    );
  }, [services, calls, trips, filters, sequence]);
  // Comparing by text keeps the identity while a tick changes figures but not who is shown. It was written just above.
  return useMemo(() => JSON.parse(text) as Shown, [text]);
}

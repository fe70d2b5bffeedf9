import type { EntityId } from '../model/entity.ts';
import type { GraphCall, GraphService } from '../model/graph.ts';
import type { Fallback, HeldTrip, TripMechanism } from '../model/trip.ts';

/** Whether a trip stops this call. A trip without a caller governs every caller. */
export function tripStops(
  trip: Pick<HeldTrip, 'calleeId' | 'caller'>,
  calleeId: EntityId,
  caller: Pick<GraphService, 'namespace' | 'name'> | null,
): boolean {
  if (trip.calleeId !== calleeId) return false;
  return trip.caller === null || (caller !== null && isCaller(trip.caller, caller));
}

/** Whether a document's caller is this service. One named without a namespace is meant in all of them. */
export function isCaller(
  named: NonNullable<HeldTrip['caller']>,
  service: Pick<GraphService, 'namespace' | 'name'>,
): boolean {
  return named.name === service.name && (named.namespace === null || named.namespace === service.namespace);
}

/** The trip that ends first comes first; those made at once keep a stable order. */
export function soonestFirst(trips: readonly HeldTrip[]): HeldTrip[] {
  return [...trips].sort((a, b) => a.until - b.until || a.id.localeCompare(b.id, 'en'));
}

/** What is left of a trip: "0:09", "4:32", "1:04:09"; "0:00" when its time is over. */
export function formatCountdown(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** What callers get while a trip is held: "callers get 503", "answered by top-sellers". */
export function tripAnswer(
  mechanism: TripMechanism,
  nameOfHost: (host: string) => string | null = () => null,
): string {
  switch (mechanism.kind) {
    case 'refuse':
      return `callers get ${mechanism.status}`;
    case 'deny':
      return 'callers get 403';
    case 'divert':
      return `answered by ${fallbackInWords(mechanism.to, nameOfHost)}`;
    case 'breaker':
      return mechanism.state === 'forcedOpen'
        ? `breaker ${mechanism.name} forced open`
        : `breaker ${mechanism.name} off`;
    case 'runtime':
      return 'callers get 503, by the memory of their proxies';
    case 'block':
      return `blocked inside ${mechanism.application}`;
  }
}

/** A fallback in few words: "top-sellers", "payment v1", "a fixed 200". */
export function fallbackInWords(
  fallback: Fallback,
  nameOfHost: (host: string) => string | null = () => null,
): string {
  if (fallback.kind === 'answer') return `a fixed ${fallback.status}`;
  const name = nameOfHost(fallback.host) ?? fallback.host;
  return fallback.subset === null ? name : `${name} ${fallback.subset}`;
}

/**
 * Until when calls of one service are held, and whose: "held until 14:05", "held for order until 14:05"; null while none
 * is. A trip that stops every caller is told before those that stop one.
 */
export function heldUntil(
  trips: readonly Pick<HeldTrip, 'caller' | 'until'>[],
  clock: (at: number) => string,
): string | null {
  const [first] = trips.toSorted((a, b) => a.until - b.until);
  if (first === undefined) return null;
  // As long as one of them stops everybody, nobody comes through.
  const all = trips.filter(({ caller }) => caller === null);
  if (all.length > 0) return `held until ${clock(Math.max(...all.map(({ until }) => until)))}`;
  if (trips.length === 1) return `held for ${first.caller?.name ?? ''} until ${clock(first.until)}`;
  return `held for ${trips.length} callers, the first until ${clock(first.until)}`;
}

/** The way that calls take instead while a trip diverts them. */
export interface Detour {
  /** `<trip id>/<caller id>`. */
  readonly id: string;
  readonly tripId: string;
  readonly callerId: EntityId;
  /** The service that answers. */
  readonly calleeId: EntityId;
}

/** Detours of all trips that divert to a service on the map, one for each caller that is stopped. */
export function detoursOf(
  trips: readonly HeldTrip[],
  services: ReadonlyMap<EntityId, GraphService>,
  calls: Iterable<GraphCall>,
): Detour[] {
  const diverting = trips.filter(({ mechanism }) => mechanism.kind === 'divert');
  if (diverting.length === 0) return [];
  const all = [...calls];
  return diverting.flatMap((trip) => {
    const to = trip.mechanism.kind === 'divert' ? trip.mechanism.to : null;
    const answering = to?.kind === 'service' ? serviceOfHost(services, trip.connectionId, to.host) : null;
    if (answering === null || answering === trip.calleeId) return [];
    return all
      .filter((call) => tripStops(trip, call.calleeId, services.get(call.callerId) ?? null))
      .filter((call) => call.callerId !== answering)
      .map(({ callerId }) => ({
        id: `${trip.id}/${callerId}`,
        tripId: trip.id,
        callerId,
        calleeId: answering,
      }));
  });
}

/** The service of a connection that a host means; null where the map knows none. */
export function serviceOfHost(
  services: ReadonlyMap<EntityId, GraphService>,
  connectionId: string,
  host: string,
): EntityId | null {
  for (const service of services.values())
    if (service.connectionId === connectionId && service.hosts.includes(host)) return service.id;
  return null;
}

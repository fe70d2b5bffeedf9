import type { ConnectionId, EntityId, Environment } from '../model/entity.ts';
import type { GraphService } from '../model/graph.ts';
import type { Joins } from '../model/settings.ts';

/** What is known of the connection that a service was seen through. */
export interface FaceSource {
  /** "kubernetes", "consul": two connections of one kind are two places, unless the operator says otherwise. */
  readonly connector: string;
  readonly environment: Environment;
}

/** Which services are one, and why. */
export interface FaceIndex {
  /** False where every service is one of its own, and nothing need be put together. */
  readonly joinsAny: boolean;
  /** The id that a service goes by on the map: its own, unless it is a face of another. */
  primaryOf(id: EntityId): EntityId;
  /** All ids of one node, the primary first, each with why it belongs there; null of the primary itself. */
  facesOf(id: EntityId): readonly JoinedFace[];
}

export interface JoinedFace {
  readonly serviceId: EntityId;
  readonly reason: string | null;
}

interface Pair {
  readonly a: EntityId;
  readonly b: EntityId;
  readonly reason: string;
}

/** Systems that run what others only list come first: a node goes by the name that its workloads have. */
const precedence = ['kubernetes', 'consul', 'eureka', 'nacos'];

/**
 * Joins what several systems know of one service: first pairs that the operator joined, then a shared name that documents
 * carry, then a shared instance address or one that is the other's own name, then the same name by convention. Rules join only across kinds of systems and
 * within one environment, give a node at most one face of each connection, and never join what the operator keeps apart.
 * `addressesOf`: what instances of a service are reached at.
 */
export function joinFaces(
  services: readonly GraphService[],
  sources: ReadonlyMap<ConnectionId, FaceSource>,
  addressesOf: (id: EntityId) => readonly string[],
  joins: Joins,
): FaceIndex {
  const byId = new Map(services.map((service) => [service.id, service]));
  const groups = createGroups(byId, joins.apart);
  for (const [a, b] of joins.together) groups.join({ a, b, reason: 'joined by hand' }, { byHand: true });
  const joinAll = (pairs: readonly Pair[]): void => {
    for (const pair of pairs) if (mayJoin(pair, byId, sources)) groups.join(pair, { byHand: false });
  };
  joinAll(byName(services));
  if (joins.addresses) joinAll([...byAddress(services, addressesOf), ...byListedHost(services, addressesOf)]);
  if (joins.convention) joinAll(byConvention(services));
  joinAll(byHost(services));
  return groups.index((a, b) => rankOf(a, byId, sources) - rankOf(b, byId, sources) || (a < b ? -1 : 1));
}

function rankOf(
  id: EntityId,
  byId: ReadonlyMap<EntityId, GraphService>,
  sources: ReadonlyMap<ConnectionId, FaceSource>,
): number {
  const service = byId.get(id);
  if (service === undefined) return Infinity;
  const place = precedence.indexOf(sources.get(service.connectionId)?.connector ?? '');
  return (service.kind === 'external' ? 100 : 0) + (place === -1 ? precedence.length : place);
}

function mayJoin(
  { a, b }: Pair,
  byId: ReadonlyMap<EntityId, GraphService>,
  sources: ReadonlyMap<ConnectionId, FaceSource>,
): boolean {
  const [one, other] = [byId.get(a), byId.get(b)];
  if (one === undefined || other === undefined || one.connectionId === other.connectionId) return false;
  const [here, there] = [sources.get(one.connectionId), sources.get(other.connectionId)];
  if (here === undefined || there === undefined || here.environment !== there.environment) return false;
  // What one cluster calls outside may well be a service of another of the same kind.
  if (here.connector !== there.connector) return true;
  const outside = one.kind === 'external' ? one : other;
  return outside.kind === 'external' && !outside.hosts.some(isLocalToCluster);
}

/** A name that every cluster has for a service of its own. */
const isLocalToCluster = (host: string): boolean => /\.svc(\.cluster\.local)?$/.test(host);

/** Services whose documents carry one name. */
function byName(services: readonly GraphService[]): Pair[] {
  const named = services.filter(({ sameAs }) => sameAs !== undefined);
  return pairsOf(
    groupBy(named, ({ sameAs }) => [sameAs ?? '']),
    (name) => `annotation podium.dev/service: ${name}`,
  );
}

function byAddress(
  services: readonly GraphService[],
  addressesOf: (id: EntityId) => readonly string[],
): Pair[] {
  const groups = groupBy(services, ({ id }) => addressesOf(id));
  // Without a port an address may carry anything: it speaks only for services that it names alone in their connection.
  const telling = [...groups].filter(([, members]) => {
    const connections = members.map(({ connectionId }) => connectionId);
    return new Set(connections).size === connections.length;
  });
  return pairsOf(new Map(telling), (address) => `address ${address} in both`);
}

/** Same name; and the same namespace, unless one of the systems has none to speak of. */
function byConvention(services: readonly GraphService[]): Pair[] {
  const ordinary = services.filter(({ kind }) => kind === 'service' || kind === 'gateway');
  const pairs: Pair[] = [];
  for (const [name, members] of groupBy(ordinary, (service) => [service.name.toLowerCase()])) {
    for (const [one, other] of couples(members)) {
      const [here, there] = [spaceOf(one), spaceOf(other)];
      if (here !== null && there !== null) {
        if (here === there) pairs.push({ a: one.id, b: other.id, reason: `same name, ${here}/${name}` });
        continue;
      }
      // A name that a system has in two namespaces tells neither of them.
      const alone = [one, other].every(
        ({ connectionId }) => members.filter((member) => member.connectionId === connectionId).length === 1,
      );
      if (alone) pairs.push({ a: one.id, b: other.id, reason: `same name, ${name}` });
    }
  }
  return pairs;
}

/** A registry without namespaces calls the only one it has "default". */
const spaceOf = ({ namespace }: GraphService): string | null =>
  namespace === null || namespace === 'default' ? null : namespace;

/** Services by the full names that their own system has for them. */
const byFullName = (services: readonly GraphService[]): Map<string, GraphService[]> =>
  groupBy(
    services.filter(({ kind }) => kind !== 'external' && kind !== 'unknown'),
    ({ hosts }) => hosts.filter((host) => host.includes('.')),
  );

/** What a registry lists at a host that is a service of another system, and of that one alone: its calls end there. */
function byListedHost(
  services: readonly GraphService[],
  addressesOf: (id: EntityId) => readonly string[],
): Pair[] {
  const owners = byFullName(services);
  return services.flatMap(({ id, connectionId }) =>
    addressesOf(id).flatMap((host) => {
      const [owner, ...others] = (owners.get(host) ?? []).filter((one) => one.connectionId !== connectionId);
      if (owner === undefined || others.length > 0) return [];
      return [{ a: owner.id, b: id, reason: `listed at its host ${host}` }];
    }),
  );
}

/** What one system calls outside by a host that is a service of another. */
function byHost(services: readonly GraphService[]): Pair[] {
  const owners = byFullName(services);
  return services
    .filter(({ kind }) => kind === 'external')
    .flatMap(({ id, hosts }) =>
      hosts.flatMap((host) =>
        (owners.get(host) ?? []).map((owner) => ({
          a: owner.id,
          b: id,
          reason: `called by its host ${host}`,
        })),
      ),
    );
}

function groupBy(
  services: readonly GraphService[],
  keysOf: (service: GraphService) => readonly string[],
): Map<string, GraphService[]> {
  const groups = new Map<string, GraphService[]>();
  for (const service of services) {
    for (const key of new Set(keysOf(service))) {
      const members = groups.get(key);
      if (members === undefined) groups.set(key, [service]);
      else members.push(service);
    }
  }
  return groups;
}

function pairsOf(
  groups: ReadonlyMap<string, readonly GraphService[]>,
  reasonOf: (key: string) => string,
): Pair[] {
  return [...groups].flatMap(([key, members]) =>
    couples(members).map(([one, other]) => ({ a: one.id, b: other.id, reason: reasonOf(key) })),
  );
}

function couples(members: readonly GraphService[]): [GraphService, GraphService][] {
  return members.flatMap((one, i) =>
    members.slice(i + 1).map((other): [GraphService, GraphService] => [one, other]),
  );
}

/** Disjoint groups that remember by what each member came in. */
function createGroups(
  byId: ReadonlyMap<EntityId, GraphService>,
  apart: Joins['apart'],
): {
  join(pair: Pair, how: { readonly byHand: boolean }): void;
  index(order: (a: EntityId, b: EntityId) => number): FaceIndex;
} {
  const groupOf = new Map<EntityId, Set<EntityId>>();
  const reasons = new Map<EntityId, string>();
  const kept = new Map<EntityId, Set<EntityId>>();
  for (const [a, b] of apart) {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const)
      kept.set(one, (kept.get(one) ?? new Set()).add(other));
  }
  const members = (id: EntityId): Set<EntityId> => groupOf.get(id) ?? new Set([id]);
  const connections = (ids: Iterable<EntityId>): string[] =>
    [...ids].map((id) => byId.get(id)?.connectionId ?? '');

  return {
    join({ a, b, reason }, { byHand }) {
      if (!byId.has(a) || !byId.has(b)) return;
      const [left, right] = [members(a), members(b)];
      if (left.has(b)) return;
      if ([...left].some((one) => [...right].some((other) => kept.get(one)?.has(other) === true))) return;
      const seen = new Set(connections(left));
      if (!byHand && connections(right).some((connection) => seen.has(connection))) return;
      // Either end may turn out to be the primary, which needs no reason: both keep it.
      for (const id of [a, b]) if (!reasons.has(id)) reasons.set(id, reason);
      const both = new Set([...left, ...right]);
      for (const id of both) groupOf.set(id, both);
    },
    index(order) {
      const sorted = new Map<Set<EntityId>, readonly JoinedFace[]>();
      for (const group of groupOf.values()) {
        if (sorted.has(group)) continue;
        const [primary, ...others] = [...group].sort(order);
        if (primary === undefined) continue;
        sorted.set(group, [
          { serviceId: primary, reason: null },
          ...others.map((serviceId) => ({ serviceId, reason: reasons.get(serviceId) ?? null })),
        ]);
      }
      const facesOf = (id: EntityId): readonly JoinedFace[] => {
        const group = groupOf.get(id);
        return (group === undefined ? undefined : sorted.get(group)) ?? [{ serviceId: id, reason: null }];
      };
      return { joinsAny: sorted.size > 0, facesOf, primaryOf: (id) => facesOf(id)[0]?.serviceId ?? id };
    },
  };
}

import type { CallId, ConnectionId, EntityId } from '../model/entity.ts';
import type { GraphCall, GraphService } from '../model/graph.ts';
import type { SignalsObservation } from '../model/observations.ts';
import type { HealthThresholds, Settings } from '../model/settings.ts';
import type { CallSignals, ServiceSignals } from '../model/signals.ts';
import { chooseEdges } from './chooseEdges.ts';
import { createEdgeResolver } from './edgeResolver.ts';
import { unknownId } from './entityIds.ts';
import { foldEdge, type Edge, type EdgeRows } from './foldEdge.ts';
import type { FoldedTopology } from './foldTopology.ts';
import { healthOfCall, healthOfService } from './health.ts';
import { addTallies, roundedSignals, type Tally } from './tally.ts';
import { whoseFigures } from './whoseFigures.ts';

/** Who calls whom and how that goes, over the newest window. */
export interface FoldedSignals {
  readonly calls: readonly GraphCall[];
  readonly callSignals: ReadonlyMap<CallId, CallSignals>;
  /** Every service of the topology and every extra one has an entry. */
  readonly serviceSignals: ReadonlyMap<EntityId, ServiceSignals>;
  /** Nodes that only metrics know: unknown callers, workloads without a service, external hosts. */
  readonly extraServices: readonly GraphService[];
  /** What the figures leave out, in words. */
  readonly problems: readonly string[];
}

/** What is folded. `observations`: one per source; where two see the same call, the better evidence counts, else the first. */
export interface SignalsInput {
  readonly connectionId: ConnectionId;
  readonly topology: FoldedTopology;
  readonly observations: readonly SignalsObservation[];
  readonly health: Settings['health'];
  readonly now: number;
}

/** Folds metric rows into calls and services: reporters de-duplicated, failures counted, quantiles computed, figures rounded. */
export function foldSignals(input: SignalsInput): FoldedSignals {
  const { connectionId, topology, observations, health } = input;
  const resolver = createEdgeResolver(connectionId, topology);
  const readings = observations
    .flatMap((one) => [one, ...(one.beside ?? [])])
    .map((observation) => {
      const rows = [...groupRows(observation, resolver.edgeOf)];
      const edges = rows.map(
        ([id, group]) => [id, foldEdge(group, topology, observation.windowSeconds)] as const,
      );
      return { observation, edges: new Map(edges) };
    });
  const { ranked, edges, counted, received: receivedAt } = chooseEdges(readings, unknownId(connectionId));

  const callSignals = new Map<CallId, CallSignals>();
  const inbound = new Map<EntityId, Edge[]>();
  const outbound = new Map<EntityId, Edge[]>();
  for (const edge of edges.values()) {
    const thresholds = thresholdsOf(edge.calleeId, health);
    const by = counted.get(edge.id);
    callSignals.set(edge.id, {
      ...edgeSignals(edge, thresholds),
      ...(by === undefined ? {} : { counted: by }),
    });
    push(inbound, edge.calleeId, edge);
    push(outbound, edge.callerId, edge);
  }

  // Calls of nobody known may all have turned out to be named by another reading.
  const extraServices = resolver
    .extras()
    .filter(({ id, kind }) => kind !== 'unknown' || outbound.has(id) || inbound.has(id));
  const serviceSignals = new Map<EntityId, ServiceSignals>();
  const windowSeconds = observations[0]?.windowSeconds ?? 60;
  for (const service of [...topology.services, ...extraServices]) {
    const received = receivedAt.get(service.id) ?? inbound.get(service.id) ?? [];
    // Nobody reports what enters a gateway from outside, but all that enters leaves it again.
    const counted =
      received.length === 0 && service.kind === 'gateway' ? (outbound.get(service.id) ?? []) : received;
    const signals = foldService(service, counted, thresholdsOf(service.id, health), windowSeconds);
    const by = whoseFigures(ranked, service.id, signals.requestsPerSecond ?? 0);
    serviceSignals.set(service.id, { ...signals, ...(by === null ? {} : { countedBy: by }) });
  }

  return {
    calls: [...edges.values()].map(({ id, callerId, calleeId, protocols, asynchronous }) => ({
      id,
      callerId,
      calleeId,
      protocols: [...protocols].sort(),
      asynchronous,
    })),
    callSignals,
    serviceSignals,
    extraServices,
    problems: resolver.problems(),
  };
}

type EdgeOf = ReturnType<typeof createEdgeResolver>['edgeOf'];

function groupRows(observation: SignalsObservation, edgeOf: EdgeOf): Map<CallId, EdgeRows> {
  const groups = new Map<CallId, EdgeRows>();
  for (const row of observation.calls) {
    if (!(row.perSecond > 0) && row.protocol !== 'tcp') continue;
    const edge = edgeOf(row);
    if (edge === null) continue;
    const group = groups.get(edge.id);
    if (group === undefined) groups.set(edge.id, { ...edge, calls: [row], latency: [] });
    else group.calls.push(row);
  }
  for (const row of observation.latency) {
    const edge = edgeOf(row);
    if (edge !== null) groups.get(edge.id)?.latency.push(row);
  }
  return groups;
}

function edgeSignals(edge: Edge, thresholds: HealthThresholds): CallSignals {
  const { windowSeconds } = edge;
  return {
    ...roundedSignals(edge.tally),
    health: healthOfCall({ ...ratesOf(edge.tally), windowSeconds, thresholds }).health,
    flags: edge.flags,
    neverArrivedRatio: edge.neverArrivedRatio,
    forbiddenRatio: edge.forbiddenRatio,
  };
}

function foldService(
  service: GraphService,
  edges: readonly Edge[],
  thresholds: HealthThresholds,
  windowSeconds: number,
): ServiceSignals {
  const tallies = edges.map((edge) => edge.tally).filter((tally) => tally !== null);
  const tally = tallies.length === 0 ? null : addTallies(tallies);
  const { health, reasons } = healthOfService({
    ...ratesOf(tally),
    onlyConnections: edges.length > 0 && tally === null,
    windowSeconds: edges[0]?.windowSeconds ?? windowSeconds,
    thresholds,
    readyInstances: service.readyInstances,
    desiredInstances: service.desiredInstances,
    recentRestarts: service.recentRestarts,
  });
  const byVersion = new Map<string, Tally[]>();
  for (const edge of edges) {
    if (edge.calleeId !== service.id) continue;
    for (const [version, part] of edge.versions) push(byVersion, version, part);
  }
  // A version may be called "__proto__": entries from a Map keep that a plain key.
  const versions = Object.fromEntries(
    [...byVersion].map(([name, parts]) => [name, roundedSignals(addTallies(parts))]),
  );
  return { ...roundedSignals(tally), health, reasons, versions };
}

function ratesOf(
  tally: Tally | null,
): Pick<ServiceSignals, 'requestsPerSecond' | 'failedPerSecond' | 'errorRatio'> {
  if (tally === null) return { requestsPerSecond: null, failedPerSecond: null, errorRatio: null };
  const { requestsPerSecond, failedPerSecond } = tally;
  return {
    requestsPerSecond,
    failedPerSecond,
    errorRatio: requestsPerSecond > 0 ? failedPerSecond / requestsPerSecond : null,
  };
}

function thresholdsOf(id: EntityId, health: Settings['health']): HealthThresholds {
  return Object.hasOwn(health.services, id) ? (health.services[id] ?? health.default) : health.default;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

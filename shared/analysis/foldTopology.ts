import type { ConnectionId, EntityId } from '../model/entity.ts';
import type { GraphCall, GraphService, GraphVersion } from '../model/graph.ts';
import type {
  InstanceObservation,
  ServiceObservation,
  TopologyObservation,
  WorkloadObservation,
} from '../model/topology.ts';
import { callId, externalId, serviceId } from './entityIds.ts';
import { createTopologyIndex, type TopologyIndex } from './topologyIndex.ts';
import { sumIfKnown } from './sumIfKnown.ts';

/** The services of the map and the way from a peer's names to them. */
export interface FoldedTopology extends TopologyIndex {
  readonly services: readonly GraphService[];
  /** Calls that are declared, between services that are known. */
  readonly calls: readonly GraphCall[];
  /** Changes of workloads' templates, oldest first. */
  readonly deployments: readonly DeploymentMark[];
  readonly problems: readonly string[];
}

/** A change of what a service runs. */
export interface DeploymentMark {
  readonly at: number;
  readonly serviceId: EntityId;
  readonly workload: string;
  readonly revision: string;
  readonly image: string | null;
}

const HOUR_MS = 3_600_000;

/** Merges what several sources know into the services of the map. `now` (epoch ms) decides which restarts are recent. */
export function foldTopology(
  connectionId: ConnectionId,
  parts: readonly TopologyObservation[],
  now: number,
): FoldedTopology {
  const observed = mergeServices(connectionId, parts);
  const workloads = uniqueBy(
    parts.flatMap((part) => part.workloads),
    (workload) => `${workload.namespace}/${workload.kind}/${workload.name}`,
  );
  const instances = uniqueBy(
    parts.flatMap((part) => part.instances),
    (instance) => `${instance.namespace}/${instance.name}`,
  );

  const workloadsOf = new Map<EntityId, WorkloadObservation[]>();
  for (const workload of workloads) {
    for (const service of workload.services) {
      const id = serviceId(connectionId, service.namespace, service.name);
      if (observed.has(id)) push(workloadsOf, id, workload);
    }
  }
  const instancesOf = new Map<string, InstanceObservation[]>();
  for (const instance of instances) {
    if (instance.workload !== null) push(instancesOf, `${instance.namespace}/${instance.workload}`, instance);
  }

  const services = [...observed].map(([id, service]) =>
    foldService(connectionId, id, service, workloadsOf.get(id) ?? [], instancesOf, now),
  );
  services.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const index = createTopologyIndex(connectionId, services, workloads, instances);
  return {
    ...index,
    services,
    calls: foldCalls(connectionId, parts, observed),
    deployments: foldDeployments(workloads, index),
    problems: [...new Set(parts.flatMap((part) => part.problems))],
  };
}

function foldCalls(
  connectionId: ConnectionId,
  parts: readonly TopologyObservation[],
  known: ReadonlyMap<EntityId, unknown>,
): GraphCall[] {
  const calls = new Map<string, GraphCall>();
  for (const { caller, callee, basis, allowed } of parts.flatMap((part) => part.calls ?? [])) {
    const callerId = serviceId(connectionId, caller.namespace, caller.name);
    const calleeId = serviceId(connectionId, callee.namespace, callee.name);
    if (!known.has(callerId) || !known.has(calleeId)) continue;
    const id = callId(callerId, calleeId);
    const said = allowed === false ? `${basis}, but policy denies it` : basis;
    const before = calls.get(id)?.declared;
    const declared = before === undefined || before === said ? said : `${before}; ${said}`;
    calls.set(id, { id, callerId, calleeId, protocols: [], asynchronous: false, declared, unseen: true });
  }
  return [...calls.values()];
}

function foldDeployments(workloads: readonly WorkloadObservation[], index: TopologyIndex): DeploymentMark[] {
  const marks: DeploymentMark[] = [];
  for (const workload of workloads) {
    const id = index.serviceOfWorkload(workload.namespace, workload.name);
    if (id === null) continue;
    for (const deployment of workload.deployments)
      marks.push({ ...deployment, serviceId: id, workload: workload.name });
  }
  return marks.sort((a, b) => a.at - b.at);
}

function mergeServices(
  connectionId: ConnectionId,
  parts: readonly TopologyObservation[],
): Map<EntityId, ServiceObservation> {
  const merged = new Map<EntityId, ServiceObservation>();
  for (const service of parts.flatMap((part) => part.services)) {
    const id =
      service.kind === 'external' || service.namespace === null
        ? externalId(connectionId, service.hosts[0] ?? service.name)
        : serviceId(connectionId, service.namespace, service.name);
    const known = merged.get(id);
    if (known === undefined) {
      merged.set(id, service);
      continue;
    }
    merged.set(id, {
      ...known,
      // One source sees a Service, another that it is the gateway's: the more telling word stays.
      kind: known.kind === 'service' ? service.kind : known.kind,
      hosts: [...new Set([...known.hosts, ...service.hosts])],
      owner: known.owner ?? service.owner,
      createdAt: known.createdAt ?? service.createdAt,
      ...sameAsOf(known.sameAs ?? service.sameAs),
    });
  }
  return merged;
}

const sameAsOf = (name: string | undefined): { sameAs?: string } =>
  name === undefined ? {} : { sameAs: name };

function foldService(
  connectionId: ConnectionId,
  id: EntityId,
  service: ServiceObservation,
  workloads: readonly WorkloadObservation[],
  instancesOf: ReadonlyMap<string, readonly InstanceObservation[]>,
  now: number,
): GraphService {
  const instances = workloads.flatMap((one) => instancesOf.get(`${one.namespace}/${one.name}`) ?? []);
  return {
    id,
    connectionId,
    kind: service.kind,
    name: service.name,
    namespace: service.namespace,
    owner: service.owner,
    hosts: service.hosts,
    versions: foldVersions(workloads, instancesOf),
    readyInstances: sumIfKnown(workloads.map((one) => readyOf(one, instancesOf))),
    desiredInstances: sumIfKnown(workloads.map((one) => one.desiredInstances)),
    recentRestarts: countRecentRestarts(instances, now),
    createdAt: service.createdAt,
    ...sameAsOf(service.sameAs),
  };
}

function foldVersions(
  workloads: readonly WorkloadObservation[],
  instancesOf: ReadonlyMap<string, readonly InstanceObservation[]>,
): GraphVersion[] {
  // A lone workload without a version has nothing to be told apart from; beside others it goes by its own name.
  if (workloads.length === 1 && workloads[0]?.version === null) return [];
  const byVersion = new Map<string, WorkloadObservation[]>();
  for (const workload of workloads) push(byVersion, workload.version ?? workload.name, workload);
  return [...byVersion]
    .map(([version, members]) => ({
      version,
      workloads: members.map((one) => one.name).sort(),
      readyInstances: sumIfKnown(members.map((one) => readyOf(one, instancesOf))),
      desiredInstances: sumIfKnown(members.map((one) => one.desiredInstances)),
    }))
    .sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
}

function readyOf(
  workload: WorkloadObservation,
  instancesOf: ReadonlyMap<string, readonly InstanceObservation[]>,
): number | null {
  if (workload.readyInstances !== null) return workload.readyInstances;
  const instances = instancesOf.get(`${workload.namespace}/${workload.name}`);
  return instances === undefined ? null : instances.filter((one) => one.ready).length;
}

/** At least this many: a peer keeps a total and the time of the last restart only. */
function countRecentRestarts(instances: readonly InstanceObservation[], now: number): number | null {
  let count: number | null = null;
  for (const instance of instances) {
    if (instance.restarts === null) continue;
    count ??= 0;
    if (instance.startedAt !== null && instance.startedAt >= now - HOUR_MS) count += instance.restarts;
    else if (instance.lastRestartAt !== null && instance.lastRestartAt >= now - HOUR_MS) count += 1;
  }
  return count;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function uniqueBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

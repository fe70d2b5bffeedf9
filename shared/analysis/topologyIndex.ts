import type { ConnectionId, EntityId } from '../model/entity.ts';
import type { GraphService } from '../model/graph.ts';
import type { InstanceObservation, WorkloadObservation } from '../model/topology.ts';
import { serviceId } from './entityIds.ts';

/** The way from a peer's names (hosts, workloads, instances) to the services of the map. */
export interface TopologyIndex {
  readonly connectionId: ConnectionId;
  service(id: EntityId): GraphService | undefined;
  /**
   * By host as callers, documents or metrics name it; a short host is looked for in `namespace`. Wildcards of external
   * services match too.
   */
  serviceOfHost(host: string, namespace?: string | null): EntityId | null;
  serviceOfWorkload(namespace: string | null, workload: string): EntityId | null;
  serviceOfInstance(namespace: string | null, instance: string): EntityId | null;
  serviceNamed(namespace: string | null, name: string): EntityId | null;
  /** Version that a workload declares. */
  versionOfWorkload(namespace: string | null, workload: string): string | null;
}

/** Builds the index over everything of one connection. */
export function createTopologyIndex(
  connectionId: ConnectionId,
  services: readonly GraphService[],
  workloads: readonly WorkloadObservation[],
  instances: readonly InstanceObservation[],
): TopologyIndex {
  const byId = new Map(services.map((service) => [service.id, service]));
  const byHost = indexHosts(services);
  const wildcards = [...byHost].filter(([host]) => host.startsWith('*.'));
  const workloadService = new Map<string, EntityId>();
  const workloadVersion = new Map<string, string>();
  for (const workload of workloads) {
    const key = `${workload.namespace}/${workload.name}`;
    const id = mainService(connectionId, workload, byId);
    if (id !== null) workloadService.set(key, id);
    if (workload.version !== null) workloadVersion.set(key, workload.version);
  }
  const instanceService = new Map<string, EntityId>();
  for (const instance of instances) {
    if (instance.workload === null) continue;
    const id = workloadService.get(`${instance.namespace}/${instance.workload}`);
    if (id !== undefined) instanceService.set(`${instance.namespace}/${instance.name}`, id);
  }
  const uniqueInstances = withoutNamespace(instanceService);
  const uniqueWorkloads = withoutNamespace(workloadService);

  return {
    connectionId,
    service: (id) => byId.get(id),
    serviceOfHost(host, namespace = null) {
      if (namespace !== null) {
        const near = nearService(connectionId, host, namespace);
        if (near !== null && byId.has(near)) return near;
      }
      const found = byHost.get(host.toLowerCase());
      if (found !== undefined) return found;
      const wildcard = wildcards.find(([pattern]) => host.toLowerCase().endsWith(pattern.slice(1)));
      return wildcard?.[1] ?? null;
    },
    serviceOfWorkload(namespace, workload) {
      if (namespace === null) return uniqueWorkloads.get(workload) ?? null;
      return workloadService.get(`${namespace}/${workload}`) ?? null;
    },
    serviceOfInstance(namespace, instance) {
      if (namespace === null) return uniqueInstances.get(instance) ?? null;
      return instanceService.get(`${namespace}/${instance}`) ?? null;
    },
    serviceNamed(namespace, name) {
      if (namespace === null) return null;
      const id = serviceId(connectionId, namespace, name);
      return byId.has(id) ? id : null;
    },
    versionOfWorkload(namespace, workload) {
      return workloadVersion.get(`${namespace ?? ''}/${workload}`) ?? null;
    },
  };
}

/** `payment` and `payment.shop` as a document of a namespace means them. */
function nearService(connectionId: ConnectionId, host: string, namespace: string): EntityId | null {
  const parts = host.toLowerCase().split('.');
  const [name, space] = parts;
  if (!name || parts.length > 2) return null;
  return serviceId(connectionId, space ?? namespace, name);
}

/** Full hosts win over short ones: `payment` of two namespaces names neither. */
function indexHosts(services: readonly GraphService[]): Map<string, EntityId> {
  const byHost = new Map<string, EntityId>();
  const ambiguous = new Set<string>();
  for (const service of services) {
    for (const host of service.hosts.map((one) => one.toLowerCase())) {
      const other = byHost.get(host);
      if (other !== undefined && other !== service.id) ambiguous.add(host);
      else byHost.set(host, service.id);
    }
  }
  for (const host of ambiguous) if (!host.includes('.')) byHost.delete(host);
  return byHost;
}

/** Of several services that select a workload, the one that callers mean: its canonical name, then its own, then the first. */
function mainService(
  connectionId: ConnectionId,
  workload: WorkloadObservation,
  known: ReadonlyMap<EntityId, GraphService>,
): EntityId | null {
  const candidates = workload.services
    .map((one) => ({ ...one, id: serviceId(connectionId, one.namespace, one.name) }))
    .filter((one) => known.has(one.id))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
  const chosen =
    candidates.find((one) => one.name === workload.canonicalService) ??
    candidates.find((one) => one.name === workload.name) ??
    candidates[0];
  return chosen?.id ?? null;
}

/** Names that are unique over all namespaces, for peers that do not say which. */
function withoutNamespace(byKey: ReadonlyMap<string, EntityId>): Map<string, EntityId> {
  const unique = new Map<string, EntityId>();
  const twice = new Set<string>();
  for (const [key, id] of byKey) {
    const name = key.slice(key.indexOf('/') + 1);
    const other = unique.get(name);
    if (other !== undefined && other !== id) twice.add(name);
    unique.set(name, id);
  }
  for (const name of twice) unique.delete(name);
  return unique;
}

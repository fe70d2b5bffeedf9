import type {
  InstanceObservation,
  ServiceObservation,
  TopologyObservation,
  WorkloadObservation,
} from '../../model/topology.ts';
import type { TopologySource } from '../kit/connector.ts';
import { addressOf, instanceName, instanceUid, isServing, titleOf, versionOf } from './names.ts';
import type { KnownService, Registry } from './registry.ts';
import type { Registered } from './shapes.ts';

const settleMs = 100;

/** Services, their versions and instances, as Nacos registers them. */
export function createTopologySource(registry: Registry): TopologySource {
  return {
    watch: (signal, onState) =>
      registry.follow<TopologyObservation>(
        {
          settleMs,
          read: () => (registry.services === null ? null : topologyOf(registry.services, registry)),
          content: ({ observedAt: _, ...rest }) => rest,
        },
        () => onState(registry.health),
        signal,
      ),
  };
}

/** Versions stand for the workloads that Nacos does not know. */
export const workloadNameOf = (service: string, version: string | null): string =>
  version === null ? service : `${service} ${version}`;

function topologyOf(all: readonly KnownService[], registry: Registry): TopologyObservation {
  const services: ServiceObservation[] = [];
  const workloads: WorkloadObservation[] = [];
  const instances: InstanceObservation[] = [];
  for (const { service, instances: members } of all) {
    const place = { namespace: registry.titleOf(service.namespaceId), name: titleOf(service) };
    services.push({
      ...place,
      kind: 'service',
      hosts: [...new Set([place.name, service.name])],
      owner: ownerOf(members),
      createdAt: null,
    });
    for (const [version, group] of Map.groupBy(members, versionOf)) {
      const workload = workloadNameOf(place.name, version);
      workloads.push({
        namespace: place.namespace,
        name: workload,
        kind: 'instances',
        services: [place],
        canonicalService: place.name,
        version,
        labels: {},
        // Nothing says how many there should be.
        desiredInstances: null,
        readyInstances: group.filter(isServing).length,
        image: null,
        deployments: [],
      });
      instances.push(...group.map((one) => instanceFrom(one, place.namespace, workload)));
    }
  }
  const byName = (a: { readonly name: string }, b: { readonly name: string }) => a.name.localeCompare(b.name);
  return {
    observedAt: registry.host.clock.now(),
    services: services.sort(byName),
    workloads: workloads.sort(byName),
    instances: instances.sort(byName),
    problems: [...registry.problems],
  };
}

function ownerOf(members: readonly Registered[]): string | null {
  for (const { metadata } of members) {
    const owner = metadata.get('team') ?? metadata.get('owner') ?? '';
    if (owner !== '') return owner.slice(0, 200);
  }
  return null;
}

function instanceFrom(one: Registered, namespace: string, workload: string): InstanceObservation {
  const serving = isServing(one);
  return {
    namespace,
    name: instanceName(one),
    uid: instanceUid(one),
    workload,
    version: versionOf(one),
    ready: serving,
    reason: serving ? null : reasonOf(one),
    restarts: null,
    lastRestartAt: null,
    startedAt: null,
    node: one.cluster === 'DEFAULT' ? null : `cluster ${one.cluster}`,
    address: addressOf(one),
  };
}

function reasonOf({ enabled, healthy, weight }: Registered): string {
  if (!enabled) return 'taken out of service by an operator';
  if (!healthy) return 'Nacos calls it unhealthy';
  return weight === 0 ? 'its weight is 0, so that it gets no calls' : '';
}

import type {
  InstanceObservation,
  ServiceObservation,
  TopologyObservation,
  WorkloadObservation,
} from '../../model/topology.ts';
import type { TopologySource } from '../kit/connector.ts';
import type { Registered } from './applications.ts';
import { addressOf, isServing, namespace, serviceOf, uidOf, versionOf } from './names.ts';
import type { Registry } from './registry.ts';

const settleMs = 100;

/** Applications, their versions and instances, as Eureka hands them to its clients. */
export function createTopologySource(registry: Registry): TopologySource {
  return {
    watch: (signal, onState) =>
      registry.follow<TopologyObservation>(
        {
          settleMs,
          read: () => (registry.instances === null ? null : topologyOf(registry.instances, registry)),
          content: ({ observedAt: _, ...rest }) => rest,
        },
        () => onState(registry.health),
        signal,
      ),
  };
}

/** Versions stand for the workloads that Eureka does not know. */
export const workloadNameOf = (service: string, version: string | null): string =>
  version === null ? service : `${service} ${version}`;

function topologyOf(all: readonly Registered[], registry: Registry): TopologyObservation {
  const services: ServiceObservation[] = [];
  const workloads: WorkloadObservation[] = [];
  const instances: InstanceObservation[] = [];
  for (const [name, group] of Map.groupBy(all, serviceOf)) {
    services.push(serviceFrom(name, group));
    for (const [version, members] of Map.groupBy(group, versionOf)) {
      workloads.push(workloadFrom(name, version, members));
      instances.push(...members.map((one) => instanceFrom(one, workloadNameOf(name, version))));
    }
  }
  const byName = (a: { readonly name: string }, b: { readonly name: string }) => a.name.localeCompare(b.name);
  return {
    observedAt: registry.host.clock.now(),
    services: services.sort(byName),
    workloads: workloads.sort(byName),
    instances: instances.sort(byName),
    problems:
      registry.unread > 0
        ? [`${registry.unread} registrations are not shaped as Eureka’s should be and are left out.`]
        : [],
  };
}

function serviceFrom(name: string, group: readonly Registered[]): ServiceObservation {
  const vips = group.flatMap(({ vip }) => (vip ?? '').split(','));
  const owner = group
    .map(({ metadata }) => metadata.get('team') ?? metadata.get('owner'))
    .find((said) => (said ?? '') !== '');
  return {
    namespace,
    name,
    kind: 'service',
    hosts: [...new Set([name, ...vips.filter((vip) => vip !== '')])],
    owner: owner ?? null,
    createdAt: null,
  };
}

function workloadFrom(
  service: string,
  version: string | null,
  members: readonly Registered[],
): WorkloadObservation {
  return {
    namespace,
    name: workloadNameOf(service, version),
    kind: 'instances',
    services: [{ namespace, name: service }],
    canonicalService: service,
    version,
    labels: {},
    // Nothing says how many there should be.
    desiredInstances: null,
    readyInstances: members.filter(isServing).length,
    image: null,
    deployments: [],
  };
}

function instanceFrom(one: Registered, workload: string): InstanceObservation {
  const zone = one.metadata.get('zone') ?? '';
  const address = addressOf(one);
  return {
    namespace,
    name: one.id,
    uid: uidOf(one),
    workload,
    version: versionOf(one),
    ready: isServing(one),
    reason: isServing(one) ? null : reasonOf(one),
    restarts: null,
    lastRestartAt: null,
    startedAt: one.upSince,
    node: zone === '' ? null : `zone ${zone}`,
    ...(address === null ? {} : { address }),
  };
}

function reasonOf({ status, override }: Registered): string {
  if (override === 'OUT_OF_SERVICE') return 'taken out of service by an operator';
  if (override !== null) return `set to ${override} by an operator`;
  return status === 'UNKNOWN' ? 'its status is unknown until it speaks again' : `it says ${status} of itself`;
}

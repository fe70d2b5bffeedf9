import type {
  InstanceObservation,
  ServiceObservation,
  TopologyObservation,
  WorkloadObservation,
} from '../../model/topology.ts';
import type { TopologySource } from '../kit/connector.ts';
import { type EntryKind, entryKinds } from './api.ts';
import { readCalls } from './calls.ts';
import { type Instance, isGateway } from './instances.ts';
import { hostsOf } from './names.ts';
import type { Catalog, Registry } from './registry.ts';

const settleMs = 250;

/** Services, their versions and running copies, as one data centre registers them. */
export function createTopologySource(registry: Registry): TopologySource {
  return {
    watch: (signal, onState) =>
      registry.follow<TopologyObservation>(
        {
          settleMs,
          read() {
            const { value } = registry.catalog;
            return value === null ? null : topologyOf(value, registry);
          },
          content: ({ observedAt: _, ...rest }) => rest,
        },
        () => onState(registry.catalog.health),
        signal,
      ),
  };
}

function topologyOf(catalog: Catalog, registry: Registry): TopologyObservation {
  const groups = Map.groupBy(catalog.instances, (one) => `${one.namespace}/${one.service}`);
  const services: ServiceObservation[] = [];
  const workloads: WorkloadObservation[] = [];
  const instances: InstanceObservation[] = [];
  const ids = Map.groupBy(catalog.instances, (one) => `${one.namespace}/${one.id}`);
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    services.push(serviceOf(first, group, registry.datacenter));
    for (const [version, members] of Map.groupBy(group, (one) => one.version)) {
      const workload = workloadOf(first, version, members);
      workloads.push(workload);
      for (const one of members) {
        const alone = ids.get(`${one.namespace}/${one.id}`)?.length === 1;
        instances.push(instanceFrom(one, workload.name, alone));
      }
    }
  }
  return {
    observedAt: registry.host.clock.now(),
    services: services.sort((a, b) => a.name.localeCompare(b.name)),
    workloads,
    instances,
    calls: readCalls(registry, catalog),
    problems: problemsOf(catalog, registry),
  };
}

function serviceOf(first: Instance, group: readonly Instance[], datacenter: string): ServiceObservation {
  return {
    namespace: first.namespace,
    name: first.service,
    kind: isGateway(first) ? 'gateway' : 'service',
    hosts: hostsOf(first.service, first.namespace, datacenter),
    owner: ownerOf(group),
    createdAt: null,
  };
}

function ownerOf(group: readonly Instance[]): string | null {
  for (const { meta } of group) {
    const owner = meta.get('team') ?? meta.get('owner');
    if (owner !== undefined && owner !== '') return owner;
  }
  return null;
}

/** Consul knows instances, not what runs them: those of one version stand for it. */
function workloadOf(
  first: Instance,
  version: string | null,
  members: readonly Instance[],
): WorkloadObservation {
  const { namespace, service } = first;
  return {
    namespace,
    name: version === null ? service : `${service} ${version}`,
    kind: 'instances',
    services: [{ namespace, name: service }],
    canonicalService: service,
    version,
    labels: {},
    // Nothing says how many there should be.
    desiredInstances: null,
    readyInstances: members.filter(({ ready }) => ready).length,
    image: null,
    deployments: [],
  };
}

function instanceFrom(one: Instance, workload: string, alone: boolean): InstanceObservation {
  return {
    namespace: one.namespace,
    // Ids are unique on one node only.
    name: alone ? one.id : `${one.id} on ${one.node}`,
    uid: `${one.node}/${one.id}`,
    workload,
    version: one.version,
    ready: one.ready,
    reason: one.reason,
    restarts: null,
    lastRestartAt: null,
    startedAt: null,
    node: one.node,
    ...(one.address === null ? {} : { address: one.address }),
  };
}

const consequences: Readonly<Record<EntryKind, string>> = {
  'proxy-defaults': 'the protocol of services is not known',
  'service-defaults': 'protections are not shown',
  'service-resolver': 'versions behind subsets are not known',
  'service-splitter': 'weights are not shown',
  'service-router': 'routes beside the weights are not known',
  'service-intentions': 'who may call whom is not known',
};

function problemsOf(catalog: Catalog, registry: Registry): string[] {
  const problems = entryKinds.flatMap((kind) => {
    const { health, value } = registry.entriesView(kind);
    if (health.ok) return [];
    return [
      value === null
        ? `${kind} entries cannot be read, so ${consequences[kind]}: ${health.error}`
        : `${kind} entries are as last seen: ${health.error}`,
    ];
  });
  if (catalog.filtered)
    problems.push('The token may not see every service: what it hides is not on the map.');
  if (catalog.unread > 0)
    problems.push(`${catalog.unread} registrations are not shaped as Consul’s should be and are left out.`);
  return problems;
}

import type { InstanceObservation, TopologyObservation } from '../../model/topology.ts';
import type { TopologySource } from '../kit/connector.ts';
import { observedPicture } from '../kit/followChanges.ts';
import { ownerIn, type PlacedService, versionTopology } from '../kit/versionTopology.ts';
import { type EntryKind, entryKinds } from './api.ts';
import { readCalls } from './calls.ts';
import { type Instance, isGateway } from './instances.ts';
import { hostsOf } from './names.ts';
import type { Catalog, Registry } from './registry.ts';

const settleMs = 250;

/** Services, their versions and running copies, as one data centre registers them. */
export function createTopologySource(registry: Registry): TopologySource {
  const read = (): TopologyObservation | null => {
    const { value } = registry.catalog;
    return value === null ? null : topologyOf(value, registry);
  };
  return {
    watch: (signal, onState) =>
      registry.follow(observedPicture(settleMs, read), () => onState(registry.catalog.health), signal),
  };
}

function topologyOf(catalog: Catalog, registry: Registry): TopologyObservation {
  const groups = Map.groupBy(catalog.instances, (one) => `${one.namespace}/${one.service}`);
  const ids = Map.groupBy(catalog.instances, (one) => `${one.namespace}/${one.id}`);
  return {
    observedAt: registry.host.clock.now(),
    ...versionTopology(
      [...groups.values()].flatMap((members) => {
        const [first] = members;
        return first === undefined
          ? []
          : [{ service: serviceOf(first, members, registry.datacenter), members }];
      }),
      {
        versionOf: ({ version }) => version,
        isReady: ({ ready }) => ready,
        observe: (one, workload) =>
          instanceFrom(one, workload, ids.get(`${one.namespace}/${one.id}`)?.length === 1),
      },
    ),
    calls: readCalls(registry, catalog),
    problems: problemsOf(catalog, registry),
  };
}

function serviceOf(first: Instance, group: readonly Instance[], datacenter: string): PlacedService {
  return {
    namespace: first.namespace,
    name: first.service,
    kind: isGateway(first) ? 'gateway' : 'service',
    hosts: hostsOf(first.service, first.namespace, datacenter),
    owner: ownerIn(group.map(({ meta }) => meta)),
    createdAt: null,
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

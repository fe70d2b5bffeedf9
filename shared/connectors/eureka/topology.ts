import type { InstanceObservation, TopologyObservation } from '../../model/topology.ts';
import type { TopologySource } from '../kit/connector.ts';
import { observedPicture } from '../kit/followChanges.ts';
import { ownerIn, type PlacedService, versionTopology } from '../kit/versionTopology.ts';
import type { Registered } from './applications.ts';
import { addressOf, isServing, namespace, serviceOf, uidOf, versionOf } from './names.ts';
import type { Registry } from './registry.ts';

const settleMs = 100;

/** Applications, their versions and instances, as Eureka hands them to its clients. */
export function createTopologySource(registry: Registry): TopologySource {
  const read = (): TopologyObservation | null =>
    registry.instances === null ? null : topologyOf(registry.instances, registry);
  return {
    watch: (signal, onState) =>
      registry.follow(observedPicture(settleMs, read), () => onState(registry.health), signal),
  };
}

function topologyOf(all: readonly Registered[], registry: Registry): TopologyObservation {
  const groups = Map.groupBy(all, serviceOf);
  return {
    observedAt: registry.host.clock.now(),
    ...versionTopology(
      [...groups].map(([name, members]) => ({ service: serviceFrom(name, members), members })),
      { versionOf, isReady: isServing, observe: instanceFrom },
    ),
    problems:
      registry.unread > 0
        ? [`${registry.unread} registrations are not shaped as Eureka’s should be and are left out.`]
        : [],
  };
}

function serviceFrom(name: string, group: readonly Registered[]): PlacedService {
  const vips = group.flatMap(({ vip }) => (vip ?? '').split(','));
  return {
    namespace,
    name,
    kind: 'service',
    hosts: [...new Set([name, ...vips.filter((vip) => vip !== '')])],
    owner: ownerIn(group.map(({ metadata }) => metadata)),
    createdAt: null,
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

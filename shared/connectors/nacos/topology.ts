import type { InstanceObservation, TopologyObservation } from '../../model/topology.ts';
import type { TopologySource } from '../kit/connector.ts';
import { observedPicture } from '../kit/followChanges.ts';
import { ownerIn, versionTopology } from '../kit/versionTopology.ts';
import { addressOf, instanceName, instanceUid, isServing, titleOf, versionOf } from './names.ts';
import type { KnownService, Registry } from './registry.ts';
import type { Registered } from './shapes.ts';

const settleMs = 100;

/** Services, their versions and instances, as Nacos registers them. */
export function createTopologySource(registry: Registry): TopologySource {
  const read = (): TopologyObservation | null =>
    registry.services === null ? null : topologyOf(registry.services, registry);
  return {
    watch: (signal, onState) =>
      registry.follow(observedPicture(settleMs, read), () => onState(registry.health), signal),
  };
}

function topologyOf(all: readonly KnownService[], registry: Registry): TopologyObservation {
  return {
    observedAt: registry.host.clock.now(),
    ...versionTopology(
      all.map(({ service, instances: members }) => {
        const name = titleOf(service);
        return {
          service: {
            namespace: registry.titleOf(service.namespaceId),
            name,
            kind: 'service',
            hosts: [...new Set([name, service.name])],
            owner: ownerIn(members.map(({ metadata }) => metadata)),
            createdAt: null,
          },
          members,
        };
      }),
      {
        versionOf,
        isReady: isServing,
        observe: (one, workload) => instanceFrom(one, registry.titleOf(one.service.namespaceId), workload),
      },
    ),
    problems: [...registry.problems],
  };
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

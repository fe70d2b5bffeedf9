import type { CallObservation, InstanceObservation, TopologyObservation } from '../../model/topology.ts';
import type { TopologySource } from '../kit/connector.ts';
import { followRounds, observedPicture } from '../kit/followChanges.ts';
import type { SourceHealth } from '../kit/reading.ts';
import { outgoing } from './callees.ts';
import type { Fleet, Member } from './fleet.ts';

const settleMs = 100;
/** Sentinel has no namespaces. */
export const namespace = 'default';

/** Applications, their instances, and the calls that their resources are named after. */
export function createTopologySource(fleet: Fleet): TopologySource {
  return {
    async *watch(signal, onState) {
      onState(healthOf(fleet));
      yield* followRounds<TopologyObservation>(
        fleet.changed,
        observedPicture(settleMs, () =>
          fleet.members().every(({ readAt }) => readAt === null) ? null : topologyOf(fleet),
        ),
        fleet.host.clock,
        signal,
      );
    },
  };
}

function healthOf(fleet: Fleet): SourceHealth {
  const members = fleet.members();
  const at = Math.max(0, ...members.map(({ readAt }) => readAt ?? 0)) || fleet.host.clock.now();
  const silent = members.filter(({ rules }) => rules === null);
  const [first] = silent;
  if (first === undefined || silent.length < members.length || first.readAt === null) return { ok: true, at };
  return { ok: false, at, error: `No command centre answers. ${first.name}: ${first.problem ?? ''}` };
}

function topologyOf(fleet: Fleet): TopologyObservation {
  const apps = fleet.apps();
  return {
    observedAt: fleet.host.clock.now(),
    services: apps.map((name) => ({
      namespace,
      name,
      kind: 'service',
      hosts: [name],
      owner: null,
      createdAt: null,
    })),
    workloads: apps.map((name) => ({
      namespace,
      name,
      kind: 'instances',
      services: [{ namespace, name }],
      canonicalService: name,
      version: null,
      labels: {},
      // Nothing says how many there should be.
      desiredInstances: null,
      readyInstances: readyOf(fleet.of(name)),
      image: null,
      deployments: [],
    })),
    instances: fleet.members().map(instanceFrom),
    calls: outgoing(fleet)
      .filter(
        ({ application, callee }, at, all) =>
          all.findIndex((one) => one.application === application && one.callee === callee) === at,
      )
      .map(({ application, callee, resource }): CallObservation => ({
        caller: { namespace, name: application },
        callee: { namespace, name: callee },
        basis: `its resource “${resource}”`,
        allowed: null,
      })),
    problems: [...fleet.problems()],
  };
}

/** Those that answer; null where none does, for a silent command centre is no word on the application. */
function readyOf(members: readonly Member[]): number | null {
  const count = members.filter(({ rules }) => rules !== null).length;
  return count === 0 ? null : count;
}

function instanceFrom({ app, name, uid, rules, problem }: Member): InstanceObservation {
  return {
    namespace,
    name,
    uid,
    workload: app,
    version: null,
    ready: rules !== null,
    reason:
      rules !== null
        ? null
        : `whether it runs is not known: its command centre does not answer. ${problem ?? ''}`,
    restarts: null,
    lastRestartAt: null,
    startedAt: null,
    // No address: where the service itself listens nobody says.
    node: null,
  };
}

import type { CallObservation, TopologyObservation } from '../../model/topology.ts';
import type { TopologySource } from '../kit/connector.ts';
import { followRounds, observedPicture } from '../kit/followChanges.ts';
import { breakersOf } from './callees.ts';
import type { Fleet } from './fleet.ts';

const settleMs = 100;

/** Calls that breakers tell of: whoever has one named after a service calls that service. */
export function createCalls(fleet: Fleet): TopologySource {
  const { clock } = fleet.host;
  return {
    async *watch(signal, onState) {
      onState({ ok: true, at: clock.now() });
      yield* followRounds<TopologyObservation>(
        fleet.changed,
        observedPicture(settleMs, () => topologyOf(fleet)),
        clock,
        signal,
      );
    },
  };
}

function topologyOf(fleet: Fleet): TopologyObservation {
  const calls = breakersOf(fleet).flatMap(({ name, holder, namespace, callee }): CallObservation[] =>
    callee === null
      ? []
      : [
          {
            caller: { namespace, name: holder },
            callee: { namespace, name: callee },
            basis: `breaker “${name}” of its caller`,
            allowed: null,
          },
        ],
  );
  return {
    observedAt: fleet.host.clock.now(),
    // Which services there are is the registry’s to tell.
    services: [],
    workloads: [],
    instances: [],
    calls,
    problems: [],
  };
}

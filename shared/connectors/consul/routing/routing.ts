import type { SetRouting } from '../../../model/operation.ts';
import type { GreyRoute } from '../../../model/routing.ts';
import type { DeclaredControl } from '../../kit/control.ts';
import { createEntryControl } from '../entryWrites/control.ts';
import type { Registry } from '../registry.ts';
import { readGreyRoutes } from './greyRoutes.ts';
import { createRoutingProposer } from './proposer.ts';

const settleMs = 100;

/** Grey routes as they are declared, and the way in which they are made and ended. */
export function createRouting(registry: Registry): DeclaredControl<SetRouting, GreyRoute> {
  return {
    ...createEntryControl(registry, createRoutingProposer(registry)),
    watch: (signal, onState) =>
      registry.follow(
        {
          settleMs,
          // Before the first answer there are none to speak of, and none is not what the peer said.
          read: () =>
            registry.entriesView('service-router').value === null ? null : readGreyRoutes(registry),
          content: (routes) => routes,
        },
        () => onState(registry.entriesView('service-router').health),
        signal,
      ),
  };
}

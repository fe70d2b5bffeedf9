import type { SetRouting } from '../../../model/operation.ts';
import type { GreyRoute } from '../../../model/routing.ts';
import type { DeclaredControl } from '../../kit/control.ts';
import { createDocumentControl } from '../../kube/documents/control.ts';
import type { Mesh } from '../mesh.ts';
import { readGreyRoutes } from './greyRoutes.ts';
import { createRoutingProposer } from './proposer.ts';

const settleMs = 100;

/** Grey routes and mirrors as they are declared, and the way in which they are made and ended. */
export function createRouting(mesh: Mesh): DeclaredControl<SetRouting, GreyRoute> {
  return {
    ...createDocumentControl(mesh, createRoutingProposer(mesh)),
    watch: (signal, onState) =>
      mesh.follow(
        {
          settleMs,
          // Before the first list there are none to speak of, and none is not what the peer said.
          read: () => (mesh.virtualServices.synced ? readGreyRoutes(mesh) : null),
          content: (routes) => routes,
        },
        () => onState(mesh.virtualServices.health),
        signal,
      ),
  };
}

import type { EndTrip, SetFallback, Trip } from '../../../model/operation.ts';
import type { HeldTrip } from '../../../model/trip.ts';
import type { IsolationControl } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import { createDocumentControl, type Meaning, type Proposer } from '../../kube/documents/control.ts';
import { services } from '../../kube/resources.ts';
import type { Mesh } from '../mesh.ts';
import { refOf } from '../splits.ts';
import { readHeld, tripIdOf } from './marker.ts';
import { optionsOf } from './options.ts';
import { carriers, proposeEnd } from './proposeEnd.ts';
import { proposeFallback, readFallbacks } from './proposeFallback.ts';
import { proposeTrip } from './proposeTrip.ts';
import { readBackTrip, tripsIn } from './readBackTrip.ts';

type Isolation = Trip | EndTrip | SetFallback;

const settleMs = 100;

/** Trips by routes of VirtualServices and by AuthorizationPolicies, each marked on its document; fallbacks by annotation. */
export function createIsolation(mesh: Mesh): IsolationControl {
  const proposer: Proposer<Isolation> = {
    propose(operation, signal) {
      switch (operation.kind) {
        case 'trip':
          return proposeTrip(mesh, operation, signal);
        case 'endTrip':
          return proposeEnd(mesh, operation.tripId, [], signal);
        case 'setFallback':
          return proposeFallback(mesh, operation, signal);
      }
    },
    /** A trip is taken out of documents that others write too, so it is not their whole content that is put back. */
    async proposeUndo(operation, changes, signal) {
      if (operation.kind !== 'trip') return null;
      const [first] = changes.flatMap((change) => tripsIn(change).added);
      if (first === undefined)
        throw new PeerError(
          'refused',
          'The journal does not say what this trip put where; end it by its marker.',
        );
      return proposeEnd(mesh, tripIdOf(first), changes, signal);
    },
    meaningOfUndo: (operation) => Promise.resolve(meaningOfUndo(operation)),
    resourceOf: ({ kind }) => {
      if (kind === 'Service') return services;
      const { virtualServices, authorizationPolicies } = mesh.resources;
      return kind === 'AuthorizationPolicy' && authorizationPolicies !== null
        ? authorizationPolicies
        : virtualServices;
    },
  };
  const control = createDocumentControl<Isolation>(
    { client: mesh.client, host: mesh.host, rollouts: mesh.rollouts },
    proposer,
  );

  return {
    ...control,
    options: (call, signal) => optionsOf(mesh, call, readFallbacks(mesh).get(call.host), signal),
    serverNow: () => mesh.client.serverClock.now(),
    fallbacks: () => readFallbacks(mesh),
    watch: (signal, onState) =>
      mesh.follow(
        {
          settleMs,
          // Before the first list there is nothing to speak of, and none is not what the peer said.
          read: () => (carriers(mesh).every((view) => view.settled) ? readTrips(mesh) : null),
          content: (trips) => trips,
        },
        // Policies may not be readable where routes are; what follows is said where a policy would be chosen.
        () => onState(mesh.virtualServices.health),
        signal,
      ),

    async verify(change, signal) {
      const { kind, namespace, name, connectionId } = change.document;
      if (kind === 'VirtualService' && connectionId === mesh.host.connectionId) {
        const live = await mesh.client
          .object(mesh.resources.virtualServices, namespace, name, signal)
          .catch((error: unknown) => {
            if (error instanceof PeerError && error.kind === 'notFound') return null;
            throw error;
          });
        const read = readBackTrip(change, live);
        if (read !== null) return read;
      }
      return control.verify(change, signal);
    },
  };
}

/** Every trip that a document carries, whoever made it; one that several documents carry is told once. */
function readTrips(mesh: Mesh): HeldTrip[] {
  const found = new Map<string, HeldTrip>();
  for (const view of carriers(mesh)) {
    for (const document of view.all()) {
      for (const held of readHeld(document).held) {
        const id = tripIdOf(held);
        if (found.has(id)) continue;
        const { routes: _, ...told } = held;
        found.set(id, {
          ...told,
          id,
          connectionId: mesh.host.connectionId,
          document: refOf(mesh, document),
          revision: document.metadata.resourceVersion,
          calleeId: null,
        });
      }
    }
  }
  return [...found.values()].sort((a, b) => a.until - b.until || a.id.localeCompare(b.id));
}

function meaningOfUndo(operation: Isolation): Meaning {
  if (operation.kind !== 'setFallback')
    throw new PeerError(
      'refused',
      'A trip that was ended is not brought back by an undo. Trip the call again.',
    );
  return {
    title: 'Declare the fallback as before',
    target: operation.call.host,
    guards: [],
    notes: [],
    expectation: {
      kind: 'unmeasured',
      host: operation.call.host,
      why: 'a declaration alone changes no traffic',
    },
    direction: 'neutral',
  };
}

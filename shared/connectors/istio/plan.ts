import { stringify } from 'yaml';
import { validateWeights } from '../../analysis/weights.ts';
import type { Change, Guard, ThreeWay } from '../../model/change.ts';
import type { Split } from '../../model/weights.ts';
import type { PlannedWrite } from '../kit/control.ts';
import { PeerError, sayError } from '../kit/peerError.ts';
import {
  changedGuard,
  destinationGuards,
  refuseNonsense,
  totalOf,
  type Weights,
} from '../kit/splitGuards.ts';
import { type MovedSince, movedSince as movedSinceSeen, type Seen } from '../kit/splitMemory.ts';
import { mayI } from '../kube/access.ts';
import { mayBeFence } from '../kube/client.ts';
import { type KubeObject, namespaceOf } from '../kube/objects.ts';
import { copiesOf } from '../kube/documents/copies.ts';
import { createDestinations } from './destinations.ts';
import { expectationOf } from '../kube/splitExpectation.ts';
import { siblingsOf } from './expectation.ts';
import { accessGuard, dryRunGuard, ownershipGuard, siblingGuard, sumGuard } from './guards.ts';
import type { Mesh } from './mesh.ts';
import { httpRouteGuards } from './protectionForms/httpRoutes.ts';
import { type Route, routeFingerprint, routesOf, splitIdOf } from './routes.ts';
import { readSplits, refOf, splitOf, subjectOf } from './splits.ts';
import { inverseSteps, weightSteps, withWeights } from './weightPatch.ts';

/** A split as it is on the server at this moment, with the document it is part of. */
export interface Fresh {
  readonly document: KubeObject;
  readonly route: Route;
  readonly split: Split;
}

/** Reads the split's document from the server and finds the route in it. Throws `PeerError`. */
export async function readFresh(mesh: Mesh, shown: Split, signal: AbortSignal): Promise<Fresh> {
  const { namespace, name, uid } = shown.document;
  const document = await mesh.client.object(mesh.resources.virtualServices, namespace, name, signal);
  if (document.metadata.uid !== uid)
    throw new PeerError(
      'conflict',
      `VirtualService ${namespace ?? ''}/${name} was deleted and made anew since you looked. Look at it again.`,
    );
  const routes = routesOf(document);
  const route = routes.find((one) => splitIdOf(document, one, routes) === shown.id);
  if (route === undefined)
    throw new PeerError(
      'conflict',
      `Route “${shown.route.title}” is no longer in VirtualService ${namespace ?? ''}/${name}. Look at it again.`,
    );
  return { document, route, split: splitOf(mesh, document, route, routes, createDestinations(mesh)) };
}

/** Makes the plan of one write; reads only. `wanted` may hold null to take a weight away, which only an undo does. */
export async function planWrite(
  mesh: Mesh,
  shown: Split,
  wanted: Weights,
  seen: Seen,
  signal: AbortSignal,
): Promise<PlannedWrite> {
  let fresh = await readFresh(mesh, shown, signal);
  refuseNonsense(fresh.split, wanted, validateWeights);
  const allowed = await mayPatch(mesh, fresh.document, signal);
  const mixed = await mixedGuards(mesh, fresh.split, signal);
  // Who may not write may not try either; the refusal would only be said twice.
  if (allowed === false) return planOf(mesh, fresh, wanted, seen, allowed, null, mixed);
  let tried = await tryWrite(mesh, fresh, wanted, signal);
  if (tried.moved) {
    // Somebody wrote between the two requests: once more on the newest.
    fresh = await readFresh(mesh, shown, signal);
    refuseNonsense(fresh.split, wanted, validateWeights);
    tried = await tryWrite(mesh, fresh, wanted, signal);
  }
  return planOf(mesh, fresh, wanted, seen, allowed, tried, mixed);
}

/** Routes of the Gateway API for a service that this document divides the calls of inside the mesh. */
async function mixedGuards(mesh: Mesh, split: Split, signal: AbortSignal): Promise<readonly Guard[]> {
  if (!split.gateways.includes('mesh')) return [];
  const found = await Promise.all(split.hosts.map((host) => httpRouteGuards(mesh, host, signal)));
  return found.flat();
}

const mayPatch = (mesh: Mesh, document: KubeObject, signal: AbortSignal): Promise<boolean | null> =>
  mayI(
    mesh.client,
    {
      verb: 'patch',
      group: mesh.resources.virtualServices.group,
      resource: mesh.resources.virtualServices.plural,
      namespace: namespaceOf(document),
      name: document.metadata.name,
    },
    signal,
  ).catch(() => null);

function planOf(
  mesh: Mesh,
  fresh: Fresh,
  wanted: Weights,
  seen: Seen,
  allowed: boolean | null,
  tried: Tried | null,
  mixed: readonly Guard[],
): PlannedWrite {
  const { document, route, split } = fresh;
  const steps = weightSteps(document, route, wanted);
  const before = split.destinations.map((one) => one.weight);
  const others = readSplits(mesh);
  const moved = movedSince(fresh, seen);
  const change: Change = {
    document: refOf(mesh, document),
    action: 'patch',
    withheld: false,
    revision: document.metadata.resourceVersion,
    patch: steps,
    inverse: inverseSteps(document, route, wanted),
    before: yamlOf(document['spec']),
    after: yamlOf(tried?.spec ?? withWeights(document, route, wanted)),
  };
  const threeWay: ThreeWay | null =
    moved === 'no' || moved === 'elsewhere'
      ? null
      : {
          kind: 'weights',
          seen: [...seen.weights],
          now: before,
          wanted: [...wanted],
          titles: split.destinations.map((one) => one.title),
          changedBy: split.changedBy?.who ?? null,
        };
  return {
    title: `Shift ${subjectOf(split)}: ${split.destinations.map((one, position) => `${one.title} ${one.weight ?? 'unset'} → ${wanted[position] ?? 'unset'}`).join(', ')}`,
    target: `VirtualService ${namespaceOf(document)}/${document.metadata.name}, route “${route.title}”`,
    changes: [change],
    guards: [
      ...(tried === null ? [] : [dryRunGuard(tried.refusal, tried.canTry)]),
      accessGuard(allowed, split),
      sumGuard(totalOf(wanted)),
      ...destinationGuards(split, wanted),
      changedGuard(moved, split.changedBy?.who ?? null),
      ownershipGuard(split),
      ...siblingGuard(siblingsOf(split, others)),
      ...mixed,
    ],
    expectation: expectationOf(split, wanted, others),
    threeWay,
    copies: copiesOf(mesh.client, mesh.resources.virtualServices, document, steps),
    split,
    notes: [],
    direction: null,
  };
}

interface Tried {
  readonly moved: boolean;
  /** Why the peer would not take it, else null. */
  readonly refusal: string | null;
  readonly canTry: boolean;
  /** The specification as the peer would store it. */
  readonly spec: unknown;
}

async function tryWrite(mesh: Mesh, fresh: Fresh, wanted: Weights, signal: AbortSignal): Promise<Tried> {
  const steps = weightSteps(fresh.document, fresh.route, wanted);
  try {
    const after = await mesh.client.patch(
      mesh.resources.virtualServices,
      fresh.document,
      steps,
      { dryRun: true },
      signal,
    );
    return { moved: false, refusal: null, canTry: true, spec: after['spec'] };
  } catch (error) {
    if (!(error instanceof PeerError) || !isWord(error)) throw error;
    const refusal = sayError(error, 'Trying the change');
    // A webhook with side effects makes every dry run fail, and says so.
    const canTry = !/dry.?run/i.test(refusal) || error.status === 403;
    return { moved: mayBeFence(error), refusal, canTry, spec: undefined };
  }
}

/** An answer of the peer, as against no answer at all. */
const isWord = (error: PeerError): boolean =>
  error.status !== null && error.kind !== 'unauthenticated' && error.kind !== 'notThePeer';

const movedSince = ({ document, route }: Fresh, seen: Seen): MovedSince =>
  movedSinceSeen(seen, {
    revision: document.metadata.resourceVersion,
    weights: route.destinations.map((one) => one.weight),
    fingerprint: routeFingerprint(route),
  });

/** The specification as the review shows it, and as `verify` compares it later. */
export const yamlOf = (spec: unknown): string =>
  stringify({ spec }, { lineWidth: 0, aliasDuplicateObjects: false });

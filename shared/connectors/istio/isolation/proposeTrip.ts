import type { Guard } from '../../../model/change.ts';
import type { Trip } from '../../../model/operation.ts';
import { aheadOf } from '../../kit/aheadOf.ts';
import type { Stamp } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { NewObject } from '../../kube/client.ts';
import type { ProposedEdit } from '../../kube/documents/change.ts';
import type { Proposal } from '../../kube/documents/control.ts';
import { type KubeObject, mapAt } from '../../kube/objects.ts';
import { apiVersionOf } from '../../kube/resources.ts';
import { createDestinations } from '../destinations.ts';
import { serviceOf, shortName } from '../../kube/serviceHosts.ts';
import type { Mesh } from '../mesh.ts';
import { annotate, withHttp } from './annotate.ts';
import { expectationOfTrip } from './expectation.ts';
import { claimsForMesh, type Governing, governingOf } from './governing.ts';
import { accountOf, hindranceOf, sayDocument, type Standing, standingOf } from './hindrance.ts';
import { type Held, heldAnnotation, heldText, mostRoutes, readEntry, readHeld } from './marker.ts';
import { newRoutes, putIn, type TripShape } from './tripRoutes.ts';
import { sayTime } from '../../kit/words.ts';
import { sayAnswer, sayCall } from './words.ts';

const ours = { 'app.kubernetes.io/managed-by': 'podium' };

/** The documents of a trip, with a marker on each that lets any Podium end it. Reads only. */
export async function proposeTrip(mesh: Mesh, operation: Trip, signal: AbortSignal): Promise<Proposal> {
  const { call, mechanism, forSeconds } = operation;
  if (mechanism.kind === 'divert') refuseItself(operation);
  const standing = await standingOf(mesh, call, signal);
  const hindrance = hindranceOf(mesh, standing, mechanism.kind);
  if (hindrance !== null) throw new PeerError('refused', hindrance);
  const caller = call.caller === null ? null : { namespace: call.caller.namespace, name: call.caller.name };
  const here = mesh.host.clock.now();
  const now = here + aheadOf(mesh.client.serverClock.now(), here);
  const token = mesh.host.random
    .id()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 8);
  const held: Held = {
    // Told when it is applied; until then it is what a copied command writes.
    operationId: `plan-${token}`,
    host: call.host,
    caller,
    mechanism,
    until: now + forSeconds * 1000,
    since: now,
    by: 'a copied command',
    reason: '',
    routes: [],
  };
  const edits =
    mechanism.kind === 'deny'
      ? [policyEdit(mesh, standing, held, token)]
      : await routeEdits(mesh, standing, held, token, signal);
  const [first] = edits;
  if (first === undefined)
    throw new PeerError(
      'refused',
      `No route that can be changed here sends calls to ${shortName(call.host)}.`,
    );
  const said = sayCall(call.host, caller);
  return {
    edits,
    title: `Trip ${said}: ${sayAnswer(mechanism)} for ${sayTime(forSeconds)}`,
    target: edits
      .map(({ edit }) => sayDocument(edit.action === 'create' ? asShown(edit.after) : edit.before))
      .join(', '),
    guards: [...heldGuards(edits, held), ...fallbackGuards(mesh, held)],
    notes: notesOf(standing, held, edits),
    expectation: expectationOfTrip(held, mesh),
    direction: 'neutral',
    stamp: (object, stamp) => stampHeld(object, held.operationId, byServer(mesh, stamp)),
  };
}

function refuseItself({ call, mechanism }: Trip): void {
  if (
    mechanism.kind === 'divert' &&
    mechanism.to.kind === 'service' &&
    mechanism.to.host === call.host &&
    mechanism.to.subset === null
  )
    throw new PeerError(
      'refused',
      `${shortName(call.host)} cannot stand in for itself: choose another service or version.`,
    );
}

/** The same with its times by the API server's clock: who reads them may have another than this machine's. */
function byServer({ client, host }: Mesh, stamp: Stamp): Stamp {
  const ahead = aheadOf(client.serverClock.now(), host.clock.now());
  return { ...stamp, at: stamp.at + ahead, until: stamp.until === null ? null : stamp.until + ahead };
}

/** Puts in what is only known when the operator applies it. */
function stampHeld<T extends KubeObject | NewObject>(object: T, placeholder: string, stamp: Stamp): T {
  const { entries } = readHeld(object as KubeObject);
  const stamped = entries.map((entry) => {
    const one = readEntry(entry);
    if (one?.operationId !== placeholder) return entry;
    return {
      ...one,
      operationId: stamp.operationId,
      by: stamp.by.slice(0, 500),
      reason: stamp.reason.slice(0, 2000),
      since: stamp.at,
      until: stamp.until ?? one.until,
    };
  });
  return annotate(object, heldAnnotation, heldText(stamped));
}

async function routeEdits(
  mesh: Mesh,
  standing: Standing,
  held: Held,
  token: string,
  signal: AbortSignal,
): Promise<ProposedEdit[]> {
  const { call, caller, callerGateways, governing } = standing;
  const resource = mesh.resources.virtualServices;
  const shape: TripShape = {
    mechanism: held.mechanism,
    caller,
    callerGateways: callerGateways.length === 0 ? ['mesh'] : callerGateways,
    name: `podium-trip-${shortName(call.host)}-${token}`,
  };
  const reaches = ({ gateways }: Governing): boolean =>
    caller === null ||
    (callerGateways.length === 0
      ? gateways.includes('mesh')
      : gateways.some((one) => callerGateways.includes(one)));
  const edits: ProposedEdit[] = [];
  for (const one of governing.filter(reaches)) {
    const { namespace = null, name } = one.document.metadata;
    const before = await mesh.client.object(resource, namespace, name, signal);
    const fresh = governingOf(before, call.host);
    const { http, names } = putIn(fresh, shape);
    if (names.length === 0) continue;
    edits.push({
      withheld: false,
      edit: {
        action: 'patch',
        resource,
        before,
        after: mark(withHttp(before, http), { ...held, routes: [...names] }),
      },
    });
  }
  if (claimsForMesh(governing).length === 0 && callerGateways.length === 0)
    edits.push({
      withheld: false,
      edit: { action: 'create', resource, after: newVirtualService(mesh, held, shape) },
    });
  return edits;
}

function newVirtualService(mesh: Mesh, held: Held, shape: TripShape): NewObject {
  const { resources } = mesh;
  const service = serviceOf(held.host);
  if (service === null)
    throw new PeerError(
      'refused',
      `Nothing governs ${held.host} yet, and it is no Service of this cluster: there is no place for a route of it.`,
    );
  const { http, names } = newRoutes(shape, held.host);
  const made: NewObject = {
    apiVersion: apiVersionOf(resources.virtualServices),
    kind: resources.virtualServices.kind,
    metadata: { name: `podium-trip-${service.name}`, namespace: service.namespace, labels: ours },
    spec: { hosts: [held.host], http },
  };
  return mark(made, { ...held, routes: [...names] });
}

function policyEdit(
  mesh: Mesh,
  { service, caller, call }: Standing,
  held: Held,
  token: string,
): ProposedEdit {
  const resource = mesh.resources.authorizationPolicies;
  if (resource === null || service === undefined)
    throw new PeerError('refused', 'No policy can be written here.');
  const account = caller === null ? null : accountOf(mesh, caller);
  const { namespace = '', name } = service.metadata;
  // Of an account only the end is written: what comes before it is the mesh's own trust domain.
  const rule =
    account === null
      ? {}
      : { from: [{ source: { principals: [`*/ns/${account.namespace}/sa/${account.name}`] } }] };
  const made: NewObject = {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: { name: `podium-trip-${name}-${token}`, namespace, labels: ours },
    spec: {
      selector: { matchLabels: Object.fromEntries(mapAt(service, 'spec', 'selector')) },
      action: 'DENY',
      // An empty rule means everybody; no rule at all would mean nobody.
      rules: [rule],
    },
  };
  if (call.caller !== null && account === null)
    throw new PeerError('refused', 'Nothing tells this caller from others.');
  return { withheld: false, edit: { action: 'create', resource, after: mark(made, held) } };
}

function mark<T extends KubeObject | NewObject>(object: T, held: Held): T {
  // A trip whose marker nobody could read would never end.
  if (readEntry(held) === null)
    throw new PeerError(
      'refused',
      held.routes.length > mostRoutes
        ? `${object.kind} ${object.metadata.name} would need ${held.routes.length} routes for this trip, and a marker holds ${mostRoutes}. Deny the call instead.`
        : `What this trip is about is too long to be marked on ${object.kind} ${object.metadata.name}.`,
    );
  const { entries } = readHeld(object as KubeObject);
  return annotate(object, heldAnnotation, heldText([...entries, held]));
}

function heldGuards(edits: readonly ProposedEdit[], held: Held): Guard[] {
  const others = edits.flatMap(({ edit }) => (edit.action === 'create' ? [] : readHeld(edit.before).held));
  const same = others.find((one) => one.host === held.host && one.caller?.name === held.caller?.name);
  if (same === undefined) return [];
  return [
    {
      id: 'held-already',
      verdict: 'tick',
      title: `${sayCall(same.host, same.caller)} is tripped already, by ${same.by}: ${sayAnswer(same.mechanism)}`,
      detail: 'Yours goes before it; when yours ends, theirs holds on until it ends itself.',
    },
  ];
}

/** Whether what answers instead is there. */
function fallbackGuards(mesh: Mesh, { mechanism, host }: Held): Guard[] {
  if (mechanism.kind !== 'divert' || mechanism.to.kind !== 'service') return [];
  const { to } = mechanism;
  const standing = createDestinations(mesh).standing(to.host, to.subset, serviceOf(host)?.namespace ?? '');
  const name = shortName(to.host);
  if (standing.problem !== null)
    return [
      {
        id: 'fallback',
        verdict: 'block',
        title: `Calls sent to ${name} would fail`,
        detail: standing.problem,
      },
    ];
  if (standing.readyInstances === 0)
    return [
      {
        id: 'fallback',
        verdict: 'typeName',
        title: `${name} has no ready instance`,
        detail: 'Calls sent there fail until one is ready.',
      },
    ];
  const ready = standing.readyInstances === null ? '' : `${standing.readyInstances} ready`;
  return [{ id: 'fallback', verdict: 'pass', title: `${name} is there to answer`, detail: ready || null }];
}

function notesOf(
  { call, governing, service }: Standing,
  held: Held,
  edits: readonly ProposedEdit[],
): string[] {
  const name = shortName(call.host);
  const notes = [
    `${sayCall(call.host, held.caller)}: ${sayAnswer(held.mechanism)}, within a second or two of the write.`,
  ];
  if (held.mechanism.kind === 'deny') {
    notes.push(
      `Every Service that selects the same pods as ${service?.metadata.name ?? name} is denied with it.`,
      'Connections that are open already may be served until their proxy closes them, which can take minutes.',
    );
    if (held.caller !== null)
      notes.push('A caller is known by its certificate: without mutual TLS nobody is denied.');
    return notes;
  }
  notes.push(`Callers without a sidecar, outside the mesh, go on calling ${name} itself.`);
  for (const { document, own, routes, targets } of governing) {
    const mixed = routes.filter(({ toHost }) => !own && toHost === 'some').length;
    if (mixed > 0)
      notes.push(
        `${sayDocument(document)} divides ${mixed === 1 ? 'a route' : `${mixed} routes`} between ${name} and others; that is left as it is.`,
      );
    if (own && targets.length < routes.length)
      notes.push(`Routes of ${sayDocument(document)} that lead elsewhere stay as they are.`);
  }
  if (edits.some(({ edit }) => edit.action === 'create'))
    notes.push(
      `Nothing governs ${name} yet: a VirtualService is made for the trip, and is taken away with it.`,
    );
  return notes;
}

const asShown = (made: NewObject): KubeObject => ({
  ...made,
  metadata: { uid: '', resourceVersion: '', ...made.metadata },
});

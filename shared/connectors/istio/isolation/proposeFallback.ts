import type { SetFallback } from '../../../model/operation.ts';
import { Fallback } from '../../../model/trip.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { Proposal } from '../../kube/documents/control.ts';
import { annotationsOf, type KubeObject } from '../../kube/objects.ts';
import type { ObjectView } from '../../kube/sharedWatches.ts';
import { serviceOf, shortName } from '../../kube/serviceHosts.ts';
import type { Mesh } from '../mesh.ts';
import { hostsOf } from '../routes.ts';
import { annotate } from './annotate.ts';
import { claimsForMesh, governingAll } from './governing.ts';
import { sayDocument } from './hindrance.ts';
import { sayFallback } from './words.ts';

const fallbackAnnotation = 'podium.dev/fallback';

/** Declares what answers in a service's place; nothing is diverted by it. Reads only. */
export async function proposeFallback(
  mesh: Mesh,
  { call, fallback }: SetFallback,
  signal: AbortSignal,
): Promise<Proposal> {
  await mesh.ready(signal);
  if (fallback?.kind === 'service' && fallback.host === call.host && fallback.subset === null)
    throw new PeerError(
      'refused',
      `${shortName(call.host)} cannot stand in for itself: choose another service or version.`,
    );
  const { view, name, namespace } = homeOf(mesh, call.host);
  const before = await mesh.client.object(view.resource, namespace, name, signal);
  const after = annotate(before, fallbackAnnotation, fallback === null ? null : JSON.stringify(fallback));
  if (annotationsOf(before).get(fallbackAnnotation) === annotationsOf(after).get(fallbackAnnotation))
    throw new PeerError('refused', 'It is declared so already: there is nothing to change.');
  const who = shortName(call.host);
  return {
    edits: [{ withheld: false, edit: { action: 'patch', resource: view.resource, before, after } }],
    title:
      fallback === null
        ? `Declare no fallback for ${who} any more`
        : `Declare a fallback for ${who}: ${sayFallback(fallback)}`,
    target: sayDocument(before),
    guards: [],
    notes: ['No call is diverted by this: a trip offers it first.'],
    expectation: { kind: 'unmeasured', host: call.host, why: 'a declaration alone changes no traffic' },
    direction: 'neutral',
  };
}

/** The document that holds the declaration: the host's VirtualService, else its Service. */
function homeOf(mesh: Mesh, host: string): { view: ObjectView; namespace: string | null; name: string } {
  const [route] = claimsForMesh(governingAll(mesh, host));
  const service = serviceOf(host);
  const made = route?.document.metadata.name.startsWith('podium-trip-') === true;
  // What is made for a trip goes with it, and would take the declaration along.
  if (route !== undefined && !made)
    return {
      view: mesh.virtualServices,
      namespace: route.document.metadata.namespace ?? null,
      name: route.document.metadata.name,
    };
  if (service === null) throw new PeerError('refused', `No document of ${host} can hold the declaration.`);
  return { view: mesh.services, ...service };
}

/** Declared fallbacks by host; what cannot be read declares nothing. */
export function readFallbacks(mesh: Mesh): Map<string, Fallback> {
  const found = new Map<string, Fallback>();
  const take = (document: KubeObject, hosts: readonly string[]): void => {
    const fallback = fallbackOf(document);
    if (fallback !== null) for (const host of hosts) found.set(host, fallback);
  };
  for (const service of mesh.services.all())
    take(service, [`${service.metadata.name}.${service.metadata.namespace ?? ''}.svc.cluster.local`]);
  for (const document of mesh.virtualServices.all()) take(document, hostsOf(document));
  return found;
}

function fallbackOf(document: KubeObject): Fallback | null {
  const text = annotationsOf(document).get(fallbackAnnotation);
  if (text === undefined) return null;
  try {
    return Fallback.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

import type { Diversion, Refusals, Served, StoppedBy, Unmeasured } from '../../../model/change.ts';
import type { TripMechanism } from '../../../model/trip.ts';
import { serviceOf } from '../../kube/serviceHosts.ts';
import { at, labelsOf, listAt, mapAt, namespaceOf, selects } from '../../kube/objects.ts';
import type { Mesh } from '../mesh.ts';
import { sayDocument } from './hindrance.ts';
import type { Held } from './marker.ts';

/** What traffic should show while a trip is held. */
export function expectationOfTrip(
  { host, caller, mechanism }: Pick<Held, 'host' | 'caller' | 'mechanism'>,
  mesh: Mesh,
): Refusals | Diversion | Unmeasured {
  const common = { host, namespace: serviceOf(host)?.namespace ?? null, caller };
  switch (mechanism.kind) {
    case 'refuse':
      return {
        ...common,
        kind: 'refusals',
        how: 'fault',
        status: mechanism.status,
        flags: ['FI'],
        otherStops: otherStops(mesh, 'fault'),
      };
    case 'deny':
      return {
        ...common,
        kind: 'refusals',
        how: 'policy',
        status: 403,
        flags: [],
        proxies: proxiesOf(mesh, host),
      };
    case 'divert':
      return mechanism.to.kind === 'answer'
        ? {
            ...common,
            kind: 'refusals',
            how: 'answer',
            status: mechanism.to.status,
            flags: [],
            otherStops: otherStops(mesh, 'directResponse'),
          }
        : { ...common, kind: 'diversion', to: { host: mechanism.to.host, subset: mechanism.to.subset } };
    case 'breaker':
    case 'runtime':
    case 'block':
      return { kind: 'unmeasured', host, why: 'a mesh has nothing inside its applications' };
  }
}

/** What traffic should show once it is ended. */
export function expectationOfEnd(
  { host, caller, mechanism }: Pick<Held, 'host' | 'caller' | 'mechanism'>,
  mesh: Mesh,
): Served {
  const how = howOf(mechanism);
  return {
    kind: 'served',
    host,
    namespace: serviceOf(host)?.namespace ?? null,
    caller,
    flags: mechanism.kind === 'refuse' ? ['FI'] : [],
    ...(how === null ? {} : { how }),
    ...(how === 'policy' ? { proxies: proxiesOf(mesh, host) } : {}),
  };
}

const mostProxies = 200;

/** What metrics may call the proxies before a service's pods: the app, for pods that come later, and each pod by name. */
function proxiesOf(mesh: Mesh, host: string): string[] {
  const named = serviceOf(host);
  const service = named === null ? undefined : mesh.services.get(named.namespace, named.name);
  if (service === undefined) return [];
  const namespace = namespaceOf(service);
  const selector = mapAt(service, 'spec', 'selector');
  const pods = [...mesh.pods.all()].filter(
    (pod) => namespaceOf(pod) === namespace && selects(selector, labelsOf(pod)),
  );
  const app = selector.get('app') ?? selector.get('app.kubernetes.io/name');
  const names = [...(app === undefined ? [] : [app]), ...pods.map(({ metadata }) => metadata.name)];
  return names.slice(0, mostProxies).map((name) => `${namespace}/${name}`);
}

function howOf(mechanism: TripMechanism): StoppedBy | null {
  if (mechanism.kind === 'divert') return mechanism.to.kind === 'answer' ? 'answer' : null;
  return mechanism.kind === 'deny' ? 'policy' : 'fault';
}

/** Another route that makes proxies answer themselves in the same way; plain Envoys count that without the host. */
function otherStops(mesh: Mesh, field: 'fault' | 'directResponse'): string | null {
  for (const document of mesh.virtualServices.all()) {
    const routes = listAt(document, 'spec', 'http');
    const stopping = routes.some(
      (raw) => at(raw, field) !== undefined && (field !== 'fault' || at(raw, field, 'abort') !== undefined),
    );
    if (stopping)
      return `${sayDocument(document)} ${field === 'fault' ? 'injects faults' : 'gives fixed answers'} too`;
  }
  return null;
}

import type { Guard } from '../../model/change.ts';
import type { Split } from '../../model/weights.ts';
import { guardOf as guard, totalOf, type Weights } from '../kit/splitGuards.ts';
import { keyOf, type KubeObject, listAt, namespaceOf, timeAt } from '../kube/objects.ts';
import { hostOfService } from '../kube/serviceHosts.ts';
import { isProfileOf } from '../kube/serviceProfiles.ts';
import type { RouteWorld } from './routeWorld.ts';
import { isService, type Parent, parentsOf, sayParent } from './rules.ts';

/** What the controllers say of the document as it is: only a word that all is well makes a write expected to work. */
export function standingGuard({ standing }: Split): Guard {
  const id = 'controllers';
  if (standing === undefined || standing.state === 'working')
    return guard(id, 'pass', 'Every controller accepts the route as it is', standing?.text ?? null);
  return standing.state === 'refused'
    ? guard(id, 'tick', 'A controller does not follow the route as it is', standing.text)
    : guard(id, 'tick', 'Nobody is known to follow the route as it is', standing.text);
}

/** VirtualServices for a Service that the route hangs on: which of both kinds proxies follow is not defined. */
export function mixedGuards({ virtualServices }: RouteWorld, document: KubeObject): Guard[] {
  if (virtualServices === null) return [];
  const parents = parentsOf(document).filter(isService);
  const found = [...virtualServices.all()].filter((one) => {
    const gateways = listAt(one, 'spec', 'gateways');
    if (gateways.length > 0 && !gateways.includes('mesh')) return false;
    return listAt(one, 'spec', 'hosts').some(
      (host) =>
        typeof host === 'string' &&
        parents.some(({ namespace, name }) =>
          host.includes('.')
            ? host === hostOfService(namespace, name)
            : host === name && namespaceOf(one) === namespace,
        ),
    );
  });
  if (found.length === 0) {
    const { synced, health } = virtualServices;
    if (synced && health.ok) return [guard('mixed', 'pass', 'No VirtualService is for the same service')];
    return [
      guard(
        'mixed',
        'tick',
        'Whether a VirtualService is for the same service is not known',
        `VirtualServices cannot be read${health.ok ? ' yet' : `: ${health.error}`}. Where one is, a weight written here may do nothing.`,
      ),
    ];
  }
  const names = found.map((one) => `VirtualService ${namespaceOf(one)}/${one.metadata.name}`);
  return [
    guard(
      'mixed',
      'block',
      `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} for ${parents.map(sayParent).join(', ')} too`,
      'Which of both kinds proxies follow is not defined, so a weight written here may do nothing. Take one of them away first.',
    ),
  ];
}

/**
 * HTTPRoutes of the other group for a Service of the route: Linkerd takes both for one list (its reference, HTTPRoute), in the
 * Gateway API's order, where of equal matches the oldest route's wins. Whoever else reads routes knows nothing of Linkerd's.
 */
export function bothGroupsGuards(world: RouteWorld, document: KubeObject): Guard[] {
  const id = 'both-groups';
  const { linkerdRoutes } = world;
  if (linkerdRoutes === null || document.kind !== 'HTTPRoute') return [];
  const parents = parentsOf(document).filter(isService);
  if (parents.length === 0) return [];
  const group = groupOf(document);
  const others = world
    .documents()
    .filter((one) => one.kind === 'HTTPRoute' && groupOf(one) !== group)
    .filter((one) => parentsOf(one).some((own) => parents.some((parent) => isSameParent(own, parent))));
  if (others.length === 0) {
    const unread = world.routes.find(({ synced, health }) => !synced || !health.ok);
    return unread === undefined
      ? [guard(id, 'pass', 'No HTTPRoute of another group is for the same service')]
      : [
          guard(
            id,
            'tick',
            'Whether an HTTPRoute of another group is for the same service is not known',
            `${unread.resource.plural} of ${unread.resource.group} cannot be read${unread.health.ok ? ' yet' : `: ${unread.health.error}`}. Linkerd follows routes of both groups, and of equal matches the older route’s.`,
          ),
        ];
  }
  const names = others.map(sayRoute).join(', ');
  const elder = others.filter((one) => isElder(one, document));
  const follows =
    'Linkerd follows routes of both groups: of two matches the more specific one, of equal ones that of the older route.';
  return [
    guard(
      id,
      'tick',
      `${names} ${others.length === 1 ? 'is' : 'are'} for ${parents.map(sayParent).join(', ')} too`,
      elder.length > 0
        ? `${follows} ${elder.map(sayRoute).join(', ')} ${elder.length === 1 ? 'is' : 'are'} older: where both match alike, what is written here does nothing.`
        : `${follows} This one is the older. Where the other matches more, what is written here does nothing.`,
    ),
  ];
}

const groupOf = ({ apiVersion }: KubeObject): string => apiVersion.split('/')[0] ?? '';

const sayRoute = (route: KubeObject): string =>
  `HTTPRoute ${namespaceOf(route)}/${route.metadata.name} of ${groupOf(route)}`;

/** Of the same Service, and not of two ports of it. */
const isSameParent = (a: Parent, b: Parent): boolean =>
  isService(a) &&
  a.namespace === b.namespace &&
  a.name === b.name &&
  (a.port === null || b.port === null || a.port === b.port);

/** In the order of the Gateway API: by age, then by name. */
function isElder(one: KubeObject, than: KubeObject): boolean {
  const [at, other] = [one, than].map((route) => timeAt(route, 'metadata', 'creationTimestamp') ?? Infinity);
  if (at !== other) return (at ?? Infinity) < (other ?? Infinity);
  return keyOf(one).localeCompare(keyOf(than)) < 0;
}

/** Linkerd's proxies follow a ServiceProfile of the service and none of its routes. */
export function profileGuards({ serviceProfiles }: RouteWorld, document: KubeObject): Guard[] {
  const id = 'service-profile';
  if (serviceProfiles === null) return [];
  const services = parentsOf(document).filter(isService);
  const found = [...serviceProfiles.all()].filter((one) =>
    services.some(({ namespace, name }) => isProfileOf(one, namespace, name)),
  );
  if (found.length === 0) {
    const { synced, health } = serviceProfiles;
    return synced && health.ok
      ? [guard(id, 'pass', 'No ServiceProfile is for the same service')]
      : [
          guard(
            id,
            'tick',
            'Whether a ServiceProfile is for the same service is not known',
            'ServiceProfiles cannot be read. Where one is, Linkerd’s proxies follow no route of the service.',
          ),
        ];
  }
  // Callers of a profile's own namespace follow it, and of the service's namespace all.
  const forAll = found.some((one) => services.some(({ namespace }) => namespace === namespaceOf(one)));
  const names = found.map((one) => `ServiceProfile ${namespaceOf(one)}/${one.metadata.name}`).join(', ');
  return [
    guard(
      id,
      forAll ? 'block' : 'tick',
      forAll
        ? `Linkerd follows no route of ${services.map(sayParent).join(', ')}`
        : `Callers in ${[...new Set(found.map(namespaceOf))].join(', ')} follow no route of the service`,
      `${names} ${found.length === 1 ? 'is' : 'are'} there, and Linkerd’s proxies follow that instead. Take it away first.`,
    ),
  ];
}

export const totalGuard = (wanted: Weights): Guard => {
  const total = totalOf(wanted);
  return guard(
    'sum',
    'pass',
    `The weights add up to ${total}`,
    total === 100 ? null : 'Weights are relative: each share is its weight divided by the total.',
  );
};

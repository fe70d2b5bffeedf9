import { formatList } from '../../analysis/formats.ts';
import type { Guard } from '../../model/change.ts';
import type { Split } from '../../model/weights.ts';
import { guardOf as guard, totalOf, type Weights } from '../kit/splitGuards.ts';
import { type KubeObject, listAt, namespaceOf, timeAt } from '../kube/objects.ts';
import { hostOfService } from '../kube/serviceHosts.ts';
import { isProfileOf } from '../kube/serviceProfiles.ts';
import type { ObjectView } from '../kube/sharedWatches.ts';
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
    if (isRead(virtualServices)) return [guard('mixed', 'pass', 'No VirtualService is for the same service')];
    return [
      guard(
        'mixed',
        'tick',
        'Whether a VirtualService is for the same service is not known',
        `VirtualServices cannot be read${whyUnread(virtualServices)}. Where one is, a weight written here may do nothing.`,
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
  if (others.length === 0) return [noneGuard(world, group)];
  const names = others.map(sayRoute).join(', ');
  const first = others.filter((one) => precedence(one, document) < 0);
  const level = others.filter((one) => precedence(one, document) === 0);
  const follows =
    'Linkerd follows routes of both groups: of two matches the more specific one, of equal ones that of the older route, of the same age by name.';
  const which =
    first.length > 0
      ? `${first.map(sayRoute).join(', ')} ${first.length === 1 ? 'goes' : 'go'} before this one: where both match alike, what is written here does nothing.`
      : level.length > 0
        ? `${level.map(sayRoute).join(', ')} and this one are of the same second and name: which of both wins is not known. Where this one does not, what is written here does nothing.`
        : 'This one goes first. Where the other matches more, what is written here does nothing.';
  return [
    guard(
      id,
      'tick',
      `${names} ${others.length === 1 ? 'is' : 'are'} for ${parents.map(sayParent).join(', ')} too`,
      `${follows} ${which}`,
    ),
  ];
}

/** Where no HTTPRoute of another group was found: as far as they are read. */
function noneGuard({ routes, client: { namespaces } }: RouteWorld, group: string): Guard {
  const id = 'both-groups';
  const unread = routes.find(
    (view) => view.resource.kind === 'HTTPRoute' && view.resource.group !== group && !isRead(view),
  );
  if (unread !== undefined)
    return guard(
      id,
      'tick',
      'Whether an HTTPRoute of another group is for the same service is not known',
      `${unread.resource.plural} of ${unread.resource.group} cannot be read${whyUnread(unread)}. Linkerd follows routes of both groups, and of equal matches the older route’s.`,
    );
  return namespaces === null
    ? guard(id, 'pass', 'No HTTPRoute of another group is for the same service')
    : guard(
        id,
        'pass',
        'No HTTPRoute of another group that is read is for the same service',
        `Only those in ${formatList(namespaces)} are read.`,
      );
}

const isRead = ({ synced, health }: ObjectView): boolean => synced && health.ok;

/** What follows "cannot be read", without its final stop. */
const whyUnread = ({ health }: ObjectView): string =>
  health.ok ? ' yet' : `: ${health.error.replace(/\.$/, '')}`;

const groupOf = ({ apiVersion }: KubeObject): string => apiVersion.split('/')[0] ?? '';

const sayRoute = (route: KubeObject): string =>
  `HTTPRoute ${namespaceOf(route)}/${route.metadata.name} of ${groupOf(route)}`;

/** Of the same Service, and not of two ports of it. */
const isSameParent = (a: Parent, b: Parent): boolean =>
  isService(a) &&
  a.namespace === b.namespace &&
  a.name === b.name &&
  (a.port === null || b.port === null || a.port === b.port);

/**
 * Below zero where `one` goes first: by the second of creation, then by name, whatever the namespace (Linkerd's policy
 * controller, `timestamp_then_name`). Zero where that leaves it open.
 */
function precedence(one: KubeObject, other: KubeObject): number {
  const [at, otherAt] = [createdAt(one), createdAt(other)];
  if (at !== otherAt) return at < otherAt ? -1 : 1;
  const [name, otherName] = [one.metadata.name, other.metadata.name];
  return name === otherName ? 0 : name < otherName ? -1 : 1;
}

const createdAt = (route: KubeObject): number => timeAt(route, 'metadata', 'creationTimestamp') ?? Infinity;

/** Linkerd's proxies follow a ServiceProfile of the service and none of its routes. */
export function profileGuards({ serviceProfiles }: RouteWorld, document: KubeObject): Guard[] {
  const id = 'service-profile';
  if (serviceProfiles === null) return [];
  const services = parentsOf(document).filter(isService);
  const found = [...serviceProfiles.all()].filter((one) =>
    services.some(({ namespace, name }) => isProfileOf(one, namespace, name)),
  );
  if (found.length === 0) {
    return isRead(serviceProfiles)
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

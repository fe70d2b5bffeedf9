import type { Guard } from '../../model/change.ts';
import type { Split } from '../../model/weights.ts';
import { guardOf as guard, totalOf, type Weights } from '../kit/splitGuards.ts';
import { type KubeObject, listAt, namespaceOf } from '../kube/objects.ts';
import { hostOfService } from '../kube/serviceHosts.ts';
import { isProfileOf } from '../kube/serviceProfiles.ts';
import type { RouteWorld } from './routeWorld.ts';
import { isService, parentsOf, sayParent } from './rules.ts';

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

import { type KubeObject, listAt, namespaceOf, textAt } from './objects.ts';

/**
 * The Services that a route of the Gateway API hangs on. Linkerd says "core" for the group that has no name, in its
 * documentation and in the status that it writes.
 */
export const servicesOfRoute = (route: KubeObject): { readonly namespace: string; readonly name: string }[] =>
  listAt(route, 'spec', 'parentRefs').flatMap((parent) => {
    const name = textAt(parent, 'name');
    const isService =
      textAt(parent, 'kind') === 'Service' &&
      isCoreGroup(textAt(parent, 'group') ?? 'gateway.networking.k8s.io');
    return name === null || !isService
      ? []
      : [{ namespace: textAt(parent, 'namespace') ?? namespaceOf(route), name }];
  });

export const isCoreGroup = (group: string): boolean => group === '' || group === 'core';

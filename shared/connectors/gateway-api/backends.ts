import { type KubeObject, listAt, mapAt, namespaceOf, numberAt, selects, textAt } from '../kube/objects.ts';
import { podsByNamespace, versionOfPods } from '../kube/podFacts.ts';
import { gatewayGroup } from '../kube/routeGroups.ts';
import type { RouteWorld } from './routeWorld.ts';
import { type Backend, isService } from './rules.ts';

/** What stands behind a backend, as far as the cluster says. */
export interface Standing {
  readonly version: string | null;
  readonly readyInstances: number | null;
  /** Why calls sent there fail whatever the pods do, else null. */
  readonly problem: string | null;
  readonly rule: 'backend-not-found' | 'backend-port' | 'reference-not-granted' | null;
}

/** Looks backends up as they are now. Made anew for each picture, so that it sees one moment. */
export interface Backends {
  standing(backend: Backend, of: KubeObject): Standing;
}

export function createBackends(world: RouteWorld): Backends {
  const podsBy = podsByNamespace(world);
  return {
    standing(backend, document) {
      const unknown = { version: null, readyInstances: null, problem: null, rule: null };
      // Another kind is its own controller's business, and the conditions tell of it.
      if (!isService(backend)) return unknown;
      if (!isGranted(world, backend, document))
        return {
          ...unknown,
          problem: `no ReferenceGrant in ${backend.namespace} lets routes of ${namespaceOf(document)} send calls to ${backend.name}`,
          rule: 'reference-not-granted',
        };
      const service = world.services.get(backend.namespace, backend.name);
      if (service === undefined)
        return isUnseen(world, backend)
          ? unknown
          : {
              ...unknown,
              problem: `there is no Service ${backend.namespace}/${backend.name}`,
              rule: 'backend-not-found',
            };
      const selector = mapAt(service, 'spec', 'selector');
      const behind = (podsBy.get(backend.namespace) ?? []).filter((pod) => selects(selector, pod.labels));
      const known = selector.size > 0 && world.pods.synced;
      const told = {
        version: known ? versionOfPods(behind) : null,
        readyInstances: known ? behind.filter((pod) => pod.ready).length : null,
      };
      const ports = listAt(service, 'spec', 'ports').map((port) => numberAt(port, 'port'));
      // Istio takes such a route, calls everything resolved, and answers 500.
      if (backend.port !== null && !ports.includes(backend.port))
        return {
          ...told,
          problem: `Service ${backend.name} has no port ${backend.port}`,
          rule: 'backend-port',
        };
      return { ...told, problem: null, rule: null };
    },
  };
}

/** Whether not being known says nothing: the list did not come, or does not cover the namespace. */
const isUnseen = ({ services, client }: RouteWorld, { namespace }: Backend): boolean =>
  !services.synced || (client.namespaces !== null && !client.namespaces.includes(namespace));

/** Routes may only name a Service of another namespace that says so. */
function isGranted({ grants, client }: RouteWorld, backend: Backend, document: KubeObject): boolean {
  const from = namespaceOf(document);
  if (backend.namespace === from || grants === null || !grants.synced) return true;
  // Linkerd's own routes need none; what its controller says of them stands in their conditions.
  if (!document.apiVersion.startsWith(`${gatewayGroup}/`)) return true;
  if (client.namespaces !== null && !client.namespaces.includes(backend.namespace)) return true;
  return [...grants.all()].some(
    (grant) =>
      namespaceOf(grant) === backend.namespace &&
      listAt(grant, 'spec', 'from').some(
        (one) =>
          textAt(one, 'group') === gatewayGroup &&
          textAt(one, 'kind') === document.kind &&
          textAt(one, 'namespace') === from,
      ) &&
      listAt(grant, 'spec', 'to').some(
        (one) =>
          (textAt(one, 'group') ?? '') === '' &&
          textAt(one, 'kind') === 'Service' &&
          [null, '', backend.name].includes(textAt(one, 'name')),
      ),
  );
}

import type { Guard } from '../../../model/change.ts';
import { PeerError } from '../../kit/peerError.ts';
import { type KubeObject, listAt, textAt } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { serviceOf, shortName } from '../../kube/serviceHosts.ts';
import type { Mesh } from '../mesh.ts';

const served = { group: 'gateway.networking.k8s.io', version: 'v1' };
const routeKinds: readonly Resource[] = [
  { ...served, plural: 'httproutes', kind: 'HTTPRoute' },
  { ...served, plural: 'grpcroutes', kind: 'GRPCRoute' },
];

/** Gateway API's routes for the same Service: mixing both kinds is undefined. Asked only where a VirtualService is to be made. */
export async function httpRouteGuards(mesh: Mesh, host: string, signal: AbortSignal): Promise<Guard[]> {
  const service = serviceOf(host);
  if (service === null) return [];
  const lists = await Promise.all(
    routeKinds.map(async (resource) => {
      const routes = await listed(mesh, resource, service.namespace, signal);
      const found = routes.filter((route) =>
        listAt(route, 'spec', 'parentRefs').some(
          (parent) => textAt(parent, 'kind') === 'Service' && textAt(parent, 'name') === service.name,
        ),
      );
      return found.map(({ metadata }) => `${resource.kind} ${metadata.name}`);
    }),
  );
  const names = lists.flat();
  if (names.length === 0) return [];
  return [
    {
      id: 'http-routes',
      verdict: 'block',
      title: `${names.join(', ')} ${names.length === 1 ? 'governs' : 'govern'} ${shortName(host)} already`,
      detail: 'What proxies do with both kinds for one service is not defined. Edit that one instead.',
    },
  ];
}

async function listed(
  mesh: Mesh,
  resource: Resource,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  try {
    return await mesh.client.list(resource, namespace, signal);
  } catch (error) {
    // Not served or not to be read: then nothing is known of any, and the peer's own trial still speaks.
    if (error instanceof PeerError && (error.kind === 'notFound' || error.kind === 'forbidden')) return [];
    throw error;
  }
}

import type { Guard } from '../../../model/change.ts';
import { PeerError } from '../../kit/peerError.ts';
import { listAt, textAt } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { serviceOf, shortName } from '../../kube/serviceHosts.ts';
import type { Mesh } from '../mesh.ts';

const httpRoutes: Resource = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  plural: 'httproutes',
  kind: 'HTTPRoute',
};

/** Gateway API's routes for the same Service: mixing both kinds is undefined. Asked only where a VirtualService is to be made. */
export async function httpRouteGuards(mesh: Mesh, host: string, signal: AbortSignal): Promise<Guard[]> {
  const service = serviceOf(host);
  if (service === null) return [];
  try {
    const routes = await mesh.client.list(httpRoutes, service.namespace, signal);
    const found = routes.filter((route) =>
      listAt(route, 'spec', 'parentRefs').some(
        (parent) => textAt(parent, 'kind') === 'Service' && textAt(parent, 'name') === service.name,
      ),
    );
    if (found.length === 0) return [];
    return [
      {
        id: 'http-routes',
        verdict: 'block',
        title: `HTTPRoute ${found.map(({ metadata }) => metadata.name).join(', ')} governs ${shortName(host)} already`,
        detail: 'What proxies do with both kinds for one service is not defined. Edit that one instead.',
      },
    ];
  } catch (error) {
    // Not served or not to be read: then nothing is known of any, and the peer's own trial still speaks.
    if (error instanceof PeerError && (error.kind === 'notFound' || error.kind === 'forbidden')) return [];
    throw error;
  }
}

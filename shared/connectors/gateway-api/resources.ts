import type { KubeClient } from '../kube/client.ts';
import type { Resource } from '../kube/resources.ts';
import { findServed, servedIn } from '../kube/served.ts';
import { gatewayGroup } from '../kube/routeGroups.ts';
import { serviceProfileVersions } from '../kube/serviceProfiles.ts';

/** Linkerd's own HTTPRoutes, of the same shape: those that hang on Services since v1beta2. */
const linkerdVersions = ['v1beta3', 'v1beta2'].map((version) => `policy.linkerd.io/${version}`);

/** The kinds of the Gateway API that this cluster serves; null for one that it does not. */
export interface RouteResources {
  readonly httpRoutes: Resource | null;
  readonly grpcRoutes: Resource | null;
  /** Linkerd's own kind of HTTPRoute. */
  readonly linkerdRoutes: Resource | null;
  readonly referenceGrants: Resource | null;
  /** Istio's, where they are served: both kinds for one service are not defined. */
  readonly virtualServices: Resource | null;
  /** Linkerd's: where one is, its proxies follow that and no route. */
  readonly serviceProfiles: Resource | null;
}

/** Asks which kinds are served in which version. Each release moved some of them from v1beta1 to v1. */
export async function findResources(client: KubeClient, signal: AbortSignal): Promise<RouteResources> {
  const [newest, older, istio, olderIstio, serviceProfiles, linkerdRoutes] = await Promise.all([
    servedIn(client, `${gatewayGroup}/v1`, signal),
    servedIn(client, `${gatewayGroup}/v1beta1`, signal),
    servedIn(client, 'networking.istio.io/v1', signal),
    servedIn(client, 'networking.istio.io/v1beta1', signal),
    findServed(client, serviceProfileVersions, 'ServiceProfile', signal),
    findServed(client, linkerdVersions, 'HTTPRoute', signal),
  ]);
  const find = (kind: string): Resource | null =>
    newest.find((one) => one.kind === kind) ?? older.find((one) => one.kind === kind) ?? null;
  return {
    httpRoutes: find('HTTPRoute'),
    grpcRoutes: find('GRPCRoute'),
    linkerdRoutes,
    referenceGrants: find('ReferenceGrant'),
    // Before Istio 1.22 it is served as v1beta1 alone.
    virtualServices: [...istio, ...olderIstio].find(({ kind }) => kind === 'VirtualService') ?? null,
    serviceProfiles,
  };
}

import type { KubeClient } from '../kube/client.ts';
import type { Resource } from '../kube/resources.ts';
import { findServed, servedIn } from '../kube/served.ts';
import { serviceProfileVersions } from '../kube/serviceProfiles.ts';

export const group = 'gateway.networking.k8s.io';

/** The kinds of the Gateway API that this cluster serves; null for one that it does not. */
export interface RouteResources {
  readonly httpRoutes: Resource | null;
  readonly grpcRoutes: Resource | null;
  readonly referenceGrants: Resource | null;
  /** Istio's, where they are served: both kinds for one service are not defined. */
  readonly virtualServices: Resource | null;
  /** Linkerd's: where one is, its proxies follow that and no route. */
  readonly serviceProfiles: Resource | null;
}

/** Asks which kinds are served in which version. Each release moved some of them from v1beta1 to v1. */
export async function findResources(client: KubeClient, signal: AbortSignal): Promise<RouteResources> {
  const [newest, older, istio, olderIstio, serviceProfiles] = await Promise.all([
    servedIn(client, `${group}/v1`, signal),
    servedIn(client, `${group}/v1beta1`, signal),
    servedIn(client, 'networking.istio.io/v1', signal),
    servedIn(client, 'networking.istio.io/v1beta1', signal),
    findServed(client, serviceProfileVersions, 'ServiceProfile', signal),
  ]);
  const find = (kind: string): Resource | null =>
    newest.find((one) => one.kind === kind) ?? older.find((one) => one.kind === kind) ?? null;
  return {
    httpRoutes: find('HTTPRoute'),
    grpcRoutes: find('GRPCRoute'),
    referenceGrants: find('ReferenceGrant'),
    // Before Istio 1.22 it is served as v1beta1 alone.
    virtualServices: [...istio, ...olderIstio].find(({ kind }) => kind === 'VirtualService') ?? null,
    serviceProfiles,
  };
}

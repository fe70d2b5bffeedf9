import type { ConnectorHost } from '../kit/connector.ts';
import type { Picture } from '../kit/followChanges.ts';
import type { SourceHealth } from '../kit/reading.ts';
import type { KubeClient } from '../kube/client.ts';
import { createRolloutClaims } from '../kube/documents/rolloutClaims.ts';
import type { RolloutClaim } from '../kube/documents/ownership.ts';
import { byPlace, type KubeObject, listAt } from '../kube/objects.ts';
import { endpointSlices, pods, type Resource, services } from '../kube/resources.ts';
import type { ObjectView } from '../kube/sharedWatches.ts';
import { createViewFollower } from '../kube/viewFollower.ts';
import type { RouteResources } from './resources.ts';

/** Routes of the Gateway API and what they refer to, followed until the session closes. */
export interface RouteWorld extends AsyncDisposable {
  readonly client: KubeClient;
  readonly host: ConnectorHost;
  /** HTTPRoutes and GRPCRoutes, and Linkerd's HTTPRoutes, as far as they are served. */
  readonly routes: readonly ObjectView[];
  /** Linkerd's own among them; null where they are not served. */
  readonly linkerdRoutes: ObjectView | null;
  readonly services: ObjectView;
  readonly pods: ObjectView;
  readonly slices: ObjectView;
  /** Null where nothing is known of grants: then nobody is told that one is missing. */
  readonly grants: ObjectView | null;
  readonly virtualServices: ObjectView | null;
  readonly serviceProfiles: ObjectView | null;
  /** All routes of all kinds, by namespace and name. */
  documents(): readonly KubeObject[];
  /** Whether any controller has said anything of any route: where none has, none seems to run. */
  hasController(): boolean;
  /** Where a kind of route is served, by the group of a document of it; undefined for any other kind. */
  resourceOf(document: Pick<KubeObject, 'apiVersion' | 'kind'>): Resource | undefined;
  health(): SourceHealth;
  rollouts(): readonly RolloutClaim[];
  follow<Value>(picture: Picture<Value>, heard: () => void, signal: AbortSignal): AsyncIterable<Value>;
  ready(signal: AbortSignal): Promise<void>;
}

export function createRouteWorld(
  client: KubeClient,
  resources: RouteResources,
  host: ConnectorHost,
): RouteWorld {
  const follower = createViewFollower(client, host.clock);
  const claims = createRolloutClaims(client, host.clock, follower.ring);
  const orNull = (resource: Resource | null): ObjectView | null =>
    resource === null ? null : follower.open(resource);
  const { httpRoutes, grpcRoutes, linkerdRoutes } = resources;
  const kinds = [httpRoutes, grpcRoutes, linkerdRoutes].filter((one) => one !== null);
  const routes = kinds.map((one) => follower.open(one));
  return {
    client,
    host,
    routes,
    linkerdRoutes: routes.find(({ resource }) => resource === linkerdRoutes) ?? null,
    services: follower.open(services),
    pods: follower.open(pods),
    slices: follower.open(endpointSlices),
    grants: orNull(resources.referenceGrants),
    virtualServices: orNull(resources.virtualServices),
    serviceProfiles: orNull(resources.serviceProfiles),
    documents: () => routes.flatMap((view) => [...view.all()]).sort(byPlace),
    hasController: () =>
      routes.some((view) => [...view.all()].some((route) => listAt(route, 'status', 'parents').length > 0)),
    resourceOf: ({ apiVersion, kind }) =>
      kinds.find((one) => one.kind === kind && apiVersion.startsWith(`${one.group}/`)),
    health: () =>
      routes.find((view) => !view.health.ok)?.health ??
      routes[0]?.health ?? { ok: true, at: host.clock.now() },
    rollouts: claims.now,
    follow: follower.follow,
    ready: follower.ready,
    async [Symbol.asyncDispose]() {
      follower[Symbol.dispose]();
      await claims[Symbol.asyncDispose]();
    },
  };
}

import type { Caller } from '../../model/change.ts';
import type { ConnectorHost } from '../kit/connector.ts';
import { findCaller } from '../kube/callerPods.ts';
import type { KubeClient } from '../kube/client.ts';
import type { RolloutClaim } from '../kube/documents/ownership.ts';
import { createRolloutClaims } from '../kube/documents/rolloutClaims.ts';
import {
  annotationsOf,
  byPlace,
  type KubeObject,
  labelsOf,
  listAt,
  namespaceOf,
  textAt,
} from '../kube/objects.ts';
import { pods, type Resource, services } from '../kube/resources.ts';
import { servicesOfRoute } from '../kube/routeParents.ts';
import { findServed } from '../kube/served.ts';
import { isProfileOf, serviceProfileVersions } from '../kube/serviceProfiles.ts';
import type { ObjectView } from '../kube/sharedWatches.ts';
import { createViewFollower } from '../kube/viewFollower.ts';

/** Kinds that Linkerd reads, besides Services; null for one that this cluster does not serve. */
export interface LinkerdResources {
  readonly httpRoutes: Resource | null;
  readonly grpcRoutes: Resource | null;
  readonly serviceProfiles: Resource | null;
  readonly trafficSplits: Resource | null;
}

const gateway = 'gateway.networking.k8s.io';

export async function findLinkerdResources(
  client: KubeClient,
  signal: AbortSignal,
): Promise<LinkerdResources> {
  const routes = [`${gateway}/v1`, `${gateway}/v1beta1`];
  const [httpRoutes, grpcRoutes, serviceProfiles, trafficSplits] = await Promise.all([
    findServed(client, routes, 'HTTPRoute', signal),
    findServed(client, routes, 'GRPCRoute', signal),
    findServed(client, serviceProfileVersions, 'ServiceProfile', signal),
    findServed(client, ['split.smi-spec.io/v1alpha2', 'split.smi-spec.io/v1alpha1'], 'TrafficSplit', signal),
  ]);
  return { httpRoutes, grpcRoutes, serviceProfiles, trafficSplits };
}

/** What Linkerd reads in a cluster, followed until the session closes. */
export interface LinkerdWorld extends AsyncDisposable {
  readonly client: KubeClient;
  readonly host: ConnectorHost;
  readonly services: ObjectView;
  /** Where a kind of document is served that carries annotations; undefined for any other kind. */
  resourceOf(kind: string): Resource | undefined;
  /** HTTPRoutes and GRPCRoutes that hang on a Service. */
  routesOf(namespace: string, service: string): readonly KubeObject[];
  routes(): readonly KubeObject[];
  /** Profiles for a service: callers of a profile's own namespace follow it, of the service's namespace all. */
  profilesOf(namespace: string, service: string): readonly KubeObject[];
  /** Null where nothing is known of them, though this cluster serves the kind. */
  readonly profilesKnown: () => boolean;
  /** SMI's splits whose root is the service. */
  splitsOf(namespace: string, service: string): readonly KubeObject[];
  /** Pods that have Linkerd's proxy, and where its control plane runs; null while pods are not known. */
  proxies(): { readonly count: number; readonly controlPlane: string | null } | null;
  /** Whether any pod of a caller has Linkerd’s proxy; null where its pods were not found. */
  isMeshed(caller: Caller): boolean | null;
  rollouts(): readonly RolloutClaim[];
  ready(signal: AbortSignal): Promise<void>;
}

export function createLinkerdWorld(
  client: KubeClient,
  resources: LinkerdResources,
  host: ConnectorHost,
): LinkerdWorld {
  const follower = createViewFollower(client, host.clock);
  const claims = createRolloutClaims(client, host.clock, follower.ring);
  const orNull = (resource: Resource | null): ObjectView | null =>
    resource === null ? null : follower.open(resource);
  const own = follower.open(services);
  const running = follower.open(pods);
  const routeKinds = [resources.httpRoutes, resources.grpcRoutes].filter((one) => one !== null);
  const routes = routeKinds.map((one) => follower.open(one));
  const profiles = orNull(resources.serviceProfiles);
  const splits = orNull(resources.trafficSplits);
  const allRoutes = (): KubeObject[] => sorted(routes.flatMap((view) => [...view.all()]));
  return {
    client,
    host,
    services: own,
    resourceOf: (kind) => [services, ...routeKinds].find((one) => one.kind === kind),
    routes: allRoutes,
    routesOf: (namespace, service) =>
      allRoutes().filter((route) =>
        servicesOfRoute(route).some((one) => one.namespace === namespace && one.name === service),
      ),
    profilesOf: (namespace, service) =>
      sorted(profiles?.all() ?? []).filter((one) => isProfileOf(one, namespace, service)),
    profilesKnown: () => profiles === null || (profiles.synced && profiles.health.ok),
    splitsOf: (namespace, service) =>
      sorted(splits?.all() ?? []).filter(
        (split) =>
          namespaceOf(split) === namespace &&
          (textAt(split, 'spec', 'service') ?? '').split('.')[0] === service,
      ),
    proxies() {
      if (!running.synced) return null;
      let count = 0;
      let controlPlane: string | null = null;
      for (const pod of running.all()) {
        if (hasProxy(pod)) count += 1;
        if (labelsOf(pod).get('linkerd.io/control-plane-component') === 'destination')
          controlPlane = namespaceOf(pod);
      }
      return { count, controlPlane };
    },
    isMeshed(caller) {
      const found = running.synced ? (findCaller({ pods: running, services: own }, caller)?.pods ?? []) : [];
      return found.length === 0 ? null : found.some(hasProxy);
    },
    rollouts: claims.now,
    ready: follower.ready,
    async [Symbol.asyncDispose]() {
      follower[Symbol.dispose]();
      await claims[Symbol.asyncDispose]();
    },
  };
}

/** It stands among the containers or, as a native sidecar, among those that begin first and stay. */
const hasProxy = (pod: KubeObject): boolean =>
  [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'initContainers')].some(
    (container) => textAt(container, 'name') === 'linkerd-proxy',
  );

const sorted = (documents: Iterable<KubeObject>): KubeObject[] => [...documents].sort(byPlace);

/** Whether a document has any annotation that Linkerd reads. */
export const isAnnotated = (document: KubeObject): boolean =>
  [...annotationsOf(document).keys()].some((name) =>
    /^(balancer(\.alpha)?|retry|timeout)\.linkerd\.io\//.test(name),
  );

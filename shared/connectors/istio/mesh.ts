import type { ConnectorHost } from '../kit/connector.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Picture } from '../kit/followChanges.ts';
import { endpointSlices, pods, services } from '../kube/resources.ts';
import type { ObjectView } from '../kube/sharedWatches.ts';
import type { RolloutClaim } from '../kube/documents/ownership.ts';
import { followRolloutClaims } from '../kube/documents/rolloutClaims.ts';
import { createViewFollower } from '../kube/viewFollower.ts';
import { meshResources, type MeshResources } from './resources.ts';

/** The documents and objects that Istio's capabilities look at, followed from first use until the session closes. */
export interface Mesh extends AsyncDisposable {
  readonly client: KubeClient;
  readonly host: ConnectorHost;
  readonly resources: MeshResources;
  readonly virtualServices: ObjectView;
  readonly destinationRules: ObjectView;
  readonly serviceEntries: ObjectView;
  readonly gateways: ObjectView;
  /** Null where security.istio.io is not served. */
  readonly authorizationPolicies: ObjectView | null;
  readonly services: ObjectView;
  readonly pods: ObjectView;
  readonly slices: ObjectView;
  readonly all: readonly ObjectView[];
  /** Rollouts that claim documents, read at opening and again now and then; empty where there are none. */
  rollouts(): readonly RolloutClaim[];
  /** Yields a picture of these documents now and whenever it is another one; `heard` is called at each change of any of them. */
  follow<Value>(picture: Picture<Value>, heard: () => void, signal: AbortSignal): AsyncIterable<Value>;
  /** Resolves when each kind has been read or has failed once. */
  ready(signal: AbortSignal): Promise<void>;
}

export function createMesh(
  client: KubeClient,
  version: string,
  host: ConnectorHost,
  securityVersion: string | null = null,
): Mesh {
  const resources = meshResources(version, securityVersion);
  const follower = createViewFollower(client, host.clock);
  const { open, ring } = follower;
  const views = {
    virtualServices: open(resources.virtualServices),
    destinationRules: open(resources.destinationRules),
    serviceEntries: open(resources.serviceEntries),
    gateways: open(resources.gateways),
    authorizationPolicies:
      resources.authorizationPolicies === null ? null : open(resources.authorizationPolicies),
    services: open(services),
    pods: open(pods),
    slices: open(endpointSlices),
  };
  const all = Object.values(views).filter((view) => view !== null);
  const closed = new AbortController();
  let rollouts: readonly RolloutClaim[] = [];
  const following = followRolloutClaims(client, host.clock, closed.signal, (found) => {
    const changed = JSON.stringify(found) !== JSON.stringify(rollouts);
    rollouts = found;
    if (changed) ring();
  });
  return {
    client,
    host,
    resources,
    ...views,
    all,
    rollouts: () => rollouts,
    follow: follower.follow,
    ready: follower.ready,
    async [Symbol.asyncDispose]() {
      closed.abort();
      follower[Symbol.dispose]();
      await following;
    },
  };
}

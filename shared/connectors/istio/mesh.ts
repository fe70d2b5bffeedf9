import type { ConnectorHost } from '../kit/connector.ts';
import { createNotice } from '../kit/notice.ts';
import type { KubeClient } from '../kube/client.ts';
import { PeerError } from '../kit/peerError.ts';
import { followChanges, type Picture } from '../kit/followChanges.ts';
import { at, type KubeObject, listAt, namespaceOf, textAt } from '../kube/objects.ts';
import { endpointSlices, pods, type Resource, services } from '../kube/resources.ts';
import type { ObjectView } from '../kube/sharedWatches.ts';
import type { RolloutClaim } from '../kube/documents/ownership.ts';
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

const rolloutsEveryMs = 60_000;

export function createMesh(
  client: KubeClient,
  version: string,
  host: ConnectorHost,
  securityVersion: string | null = null,
): Mesh {
  const resources = meshResources(version, securityVersion);
  const listeners = new Set<() => void>();
  const ring = (): void => listeners.forEach((listener) => listener());
  const open = (resource: Resource): ObjectView =>
    client.watches.view(resource, { changed: ring, health: ring });
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
  const following = followRollouts(client, host, closed.signal, (found) => {
    const changed = JSON.stringify(found) !== JSON.stringify(rollouts);
    rollouts = found;
    if (changed) ring();
  });
  const ready = async (signal: AbortSignal): Promise<void> => {
    const notice = createNotice();
    listeners.add(notice.ring);
    try {
      while (!all.every((view) => view.settled)) await notice.heard(signal);
    } finally {
      listeners.delete(notice.ring);
    }
  };
  return {
    client,
    host,
    resources,
    ...views,
    all,
    rollouts: () => rollouts,
    async *follow(picture, heard, signal) {
      const notice = createNotice();
      const changed = (): void => {
        heard();
        notice.ring();
      };
      listeners.add(changed);
      try {
        await ready(signal);
        yield* followChanges(picture, { notice, clock: host.clock }, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        listeners.delete(changed);
      }
    },
    ready,
    async [Symbol.asyncDispose]() {
      closed.abort();
      for (const view of all) view[Symbol.dispose]();
      await following;
    },
  };
}

/** Rollouts change their claims rarely, and few clusters have any: they are listed now and then, not watched. */
async function followRollouts(
  client: KubeClient,
  host: ConnectorHost,
  signal: AbortSignal,
  found: (claims: readonly RolloutClaim[]) => void,
): Promise<void> {
  const resource: Resource = {
    group: 'argoproj.io',
    version: 'v1alpha1',
    plural: 'rollouts',
    kind: 'Rollout',
  };
  while (!signal.aborted) {
    try {
      const claims: RolloutClaim[] = [];
      for (const namespace of client.namespaces ?? [null]) {
        for (const rollout of await client.list(resource, namespace, signal)) claims.push(claimOf(rollout));
      }
      found(claims);
    } catch (error) {
      // Not served or not allowed: then the field managers of a document still tell.
      if (error instanceof PeerError && (error.kind === 'notFound' || error.kind === 'forbidden')) found([]);
    }
    try {
      await host.clock.sleep(rolloutsEveryMs, signal);
    } catch {
      return;
    }
  }
}

function claimOf(rollout: KubeObject): RolloutClaim {
  const routing = at(rollout, 'spec', 'strategy', 'canary', 'trafficRouting', 'istio');
  const named = [at(routing, 'virtualService'), ...listAt(routing, 'virtualServices')];
  return {
    rollout: rollout.metadata.name,
    namespace: namespaceOf(rollout),
    virtualServices: named.flatMap((one) => textAt(one, 'name')?.split('/')[0] ?? []),
  };
}

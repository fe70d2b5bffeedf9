import { expect } from 'vitest';
import { createKubeClient, type KubeClient } from '../../shared/connectors/kube/client.ts';
import { readKubeconfig } from '../../shared/connectors/kube/kubeconfig.ts';
import type { ObjectEvent } from '../../shared/connectors/kube/reflector.ts';
import { createReach } from '../../shared/connectors/kube/reach.ts';
import { type Resource, services } from '../../shared/connectors/kube/resources.ts';
import type { ObjectView } from '../../shared/connectors/kube/sharedWatches.ts';
import type { SeenRequest } from '../../shared/rehearsal/kube/faults.ts';
import { hostOf } from '../conformance/cluster.ts';
import type { SimulatedCluster } from '../conformance/simulatedCluster.ts';
import { createFakeClock, type FakeClock } from '../support/memoryPorts.ts';

/** Looks until it is as expected; the network needs a moment that no fake clock gives it. */
export async function eventually(check: () => void | Promise<void>, withinMs = 10_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** Lets fake time pass in steps, with a moment for the network after each. */
export async function pass(clock: FakeClock, ms: number, stepMs = 1_000): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    await clock.advance(Math.min(stepMs, ms - passed));
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}

/** One resource followed on a simulated cluster, on a clock that the test moves. */
export interface Follower extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly client: KubeClient;
  readonly view: ObjectView;
  /** "added payment", "deleted ledger": what the follower was told, in order. */
  readonly told: string[];
  /** Every word on its health that was not "all is well". */
  readonly troubles: string[];
  names(): string[];
  /** Moves time until it knows exactly what the server has. */
  agrees(): Promise<void>;
}

export async function follow(
  cluster: SimulatedCluster,
  options: {
    readonly clock?: FakeClock;
    readonly resource?: Resource;
    readonly namespaces?: readonly string[];
    /** What chance gives, where the length of a pause matters. */
    readonly fraction?: () => number;
  } = {},
): Promise<Follower> {
  const clock = options.clock ?? createFakeClock();
  const { contexts } = await readKubeconfig(cluster.settings.kubeconfig);
  const [context] = contexts;
  if (context === undefined) throw new Error('the kubeconfig has no context');
  const reach = await createReach(context, clock.now);
  const client = createKubeClient(
    reach,
    context.name,
    options.namespaces ?? null,
    hostOf({}, clock, options.fraction),
  );
  const told: string[] = [];
  const troubles: string[] = [];
  const resource = options.resource ?? services;
  const view = client.watches.view(resource, {
    changed: (events: readonly ObjectEvent[]) =>
      void told.push(...events.map((event) => `${event.type} ${event.object.metadata.name}`)),
    health: () => void (view.health.ok || troubles.push(view.health.error)),
  });
  const follower: Follower = {
    clock,
    client,
    view,
    told,
    troubles,
    names: () => [...view.all()].map((object) => object.metadata.name).sort(),
    async agrees() {
      const uids = () =>
        [...view.all()].map((object) => `${object.metadata.uid}@${object.metadata.resourceVersion}`).sort();
      await eventually(async () => {
        await clock.advance(1_000);
        const there = cluster.store.list(resource.plural);
        expect(uids()).toEqual(
          there.map((object) => `${object.metadata.uid}@${object.metadata.resourceVersion}`).sort(),
        );
      });
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
    },
  };
  await eventually(() => expect(view.synced).toBe(true));
  return follower;
}

/** Puts a Service of this name into the cluster; another port makes another revision. */
export const putService = (cluster: SimulatedCluster, name: string, port = 80): void =>
  void cluster.store.put({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: cluster.namespace },
    spec: { selector: { app: name }, ports: [{ port }] },
  });

export const removeService = (cluster: SimulatedCluster, name: string): void =>
  cluster.store.remove('services', cluster.namespace, name);

export const isWatch = (request: SeenRequest): boolean => request.verb === 'watch';
/** A list of the whole; one of a single object only asks for the server's revision. */
export const isList = (request: SeenRequest): boolean =>
  request.verb === 'list' && request.query.get('limit') !== '1';

/** Waits for the watch to be open: a change before that would be part of the list. */
export const watching = (cluster: SimulatedCluster, count = 1): Promise<void> =>
  eventually(() => expect(cluster.server.faults.openWatches.size).toBe(count));

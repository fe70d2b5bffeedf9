import { expect, test } from 'vitest';
import { at } from '../../shared/connectors/kube/objects.ts';
import { createObjectStore, type KubeInput, type ObjectStore } from '../../shared/rehearsal/kube/store.ts';
import type { Change } from '../../shared/model/change.ts';
import type { Receipt } from '../../shared/connectors/kit/control.ts';
import type { TripMechanism } from '../../shared/model/trip.ts';
import { asAnswered } from '../../shared/core/resolveWrite.ts';
import { openCluster, paths } from './cluster.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';
import { callTo, createShop, isolationOf, listed, read, refuse, tripOf } from './tripSteps.ts';
import { ready, signal, splitOf } from './weights.ts';

/** A cluster whose mutating webhook writes another value with every write, and with every trial of one. */
function withWebhook(mutate: (object: KubeInput, count: number) => KubeInput): ObjectStore {
  const store = createObjectStore();
  let count = 0;
  const isMesh = ({ apiVersion }: KubeInput) => apiVersion.includes('istio.io/');
  const after = (object: KubeInput): KubeInput => (isMesh(object) ? mutate(object, (count += 1)) : object);
  return {
    ...store,
    put: (object, options) => store.put(after(object), options),
    preview: (object, options) => store.preview(after(object), options),
  };
}

const note = (object: KubeInput, count: number): KubeInput => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...(object.metadata.annotations ?? {}), 'audit.example.com/write': `write ${count}` },
  },
});

const noteInRoutes = (object: KubeInput, count: number): KubeInput => {
  const http = at(object, 'spec', 'http');
  if (!Array.isArray(http)) return object;
  const headers = { request: { set: { 'x-write': `write ${count}` } } };
  const routes = http.map((route: object) => ({ ...route, headers }));
  return { ...object, spec: { ...Object(object['spec']), http: routes } };
};

/** The shop on a cluster with that webhook; `trip` applies one as the console does, and gives what its journal keeps. */
async function open(mutate: (object: KubeInput, count: number) => KubeInput) {
  const cluster = await startSimulatedCluster({ store: withWebhook(mutate) });
  await createShop(cluster);
  const opened = await openCluster(cluster.settings);
  await splitOf(opened.mesh, cluster.namespace, ready);
  const control = isolationOf(opened.mesh);
  return {
    cluster,
    control,
    async trip(callee: string, mechanism: TripMechanism) {
      const operation = tripOf(callTo(cluster, callee), mechanism);
      const plan = await control.plan(operation, signal);
      const stamp = {
        operationId: 'op-1',
        by: 'jo',
        reason: '',
        at: Date.now(),
        until: Date.now() + 300_000,
      };
      const write = control.stamp?.(plan, stamp) ?? plan;
      const { revisions }: Receipt = await control.apply(write, signal);
      const [change] = asAnswered([...write.changes], revisions);
      if (change === undefined) throw new Error('no change');
      return { operation, change };
    },
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

/** Somebody's write elsewhere in the document, with which the webhook writes its value anew. */
const touch = (cluster: Awaited<ReturnType<typeof startSimulatedCluster>>, { document }: Change) =>
  cluster.call('PATCH', `${paths('shop').virtualServices}/${document.name}`, {
    metadata: { labels: { touched: 'yes' } },
  });

test.each([
  ['on the document', note],
  ['in every route', noteInRoutes],
])(
  'a trip is read back as written, and ended, where a webhook writes another value each time %s',
  async (_, mutate) => {
    await using shop = await open(mutate);
    const { operation, change } = await shop.trip('payment', refuse);
    expect(await shop.control.verify(change, signal)).toMatchObject({
      state: 'after',
      detail: expect.stringMatching(/; also changed by the server: /) as unknown,
    });
    await touch(shop.cluster, change);
    expect(await shop.control.verify(change, signal)).toMatchObject({ state: 'after' });
    const undo = await shop.control.planUndo(operation, [change], signal);
    expect(undo.threeWay).toBeNull();
    await shop.control.apply(undo, signal);
    expect(await shop.control.verify(change, signal)).toMatchObject({ state: 'before' });
    const left = await read(shop.cluster);
    expect(left.metadata.annotations?.['podium.dev/held']).toBeUndefined();
  },
);

test('a fallback that is declared is read back and put back beside what a webhook notes', async () => {
  await using shop = await open(note);
  const call = callTo(shop.cluster, 'payment');
  const to = { kind: 'service', host: callTo(shop.cluster, 'inventory').host, subset: null } as const;
  const operation = { kind: 'setFallback', connectionId: 'conformance', call, fallback: to } as const;
  const plan = await shop.control.plan(operation, signal);
  const { revisions } = await shop.control.apply(plan, signal);
  const [change] = asAnswered([...plan.changes], revisions);
  if (change === undefined) throw new Error('no change');
  await touch(shop.cluster, change);
  expect(await shop.control.verify(change, signal)).toMatchObject({
    state: 'after',
    detail: expect.stringMatching(
      /also changed by the server: metadata.annotations.audit.example.com\/write/,
    ) as unknown,
  });
  const undo = await shop.control.planUndo(operation, [change], signal);
  expect(undo.threeWay).toBeNull();
  const back = await shop.control.apply(undo, signal);
  const [undone] = asAnswered([...undo.changes], back.revisions);
  expect(undone && (await shop.control.verify(undone, signal))).toMatchObject({ state: 'after' });
  const { metadata } = await read(shop.cluster);
  expect(metadata.annotations?.['podium.dev/fallback']).toBeUndefined();
  expect(metadata.annotations?.['audit.example.com/write']).toBeDefined();
});

test('a policy that was made for a trip is read back beside what a webhook notes', async () => {
  await using shop = await open(note);
  const { change } = await shop.trip('inventory', { kind: 'deny' });
  expect(await shop.control.verify(change, signal)).toMatchObject({ state: 'after' });
  const undo = await shop.control.planUndo(
    tripOf(callTo(shop.cluster, 'inventory'), { kind: 'deny' }),
    [change],
    signal,
  );
  expect(undo.threeWay).toBeNull();
  await shop.control.apply(undo, signal);
  expect(await listed(shop.cluster, paths('shop').authorizationPolicies)).toEqual([]);
});

test('a webhook that takes back what was asked for is told, not taken for what was written', async () => {
  let hostile = false;
  await using shop = await open((object) => {
    const http = at(object, 'spec', 'http');
    if (!hostile || !Array.isArray(http)) return object;
    const mild = http.map((route: object) =>
      'fault' in route
        ? { ...route, fault: { abort: { httpStatus: 404, percentage: { value: 1 } } } }
        : route,
    );
    return { ...object, spec: { ...Object(object['spec']), http: mild } };
  });
  const operation = tripOf(callTo(shop.cluster, 'payment'), refuse);
  const plan = await shop.control.plan(operation, signal);
  hostile = true;
  const { revisions } = await shop.control.apply(plan, signal);
  const [change] = asAnswered([...plan.changes], revisions);
  expect(change && (await shop.control.verify(change, signal))).toMatchObject({ state: 'else' });
});

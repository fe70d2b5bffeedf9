import { type AddressInfo, createServer } from 'node:net';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { createKubeClient, type KubeClient } from '../../shared/connectors/kube/client.ts';
import { readKubeconfig } from '../../shared/connectors/kube/kubeconfig.ts';
import { createReach } from '../../shared/connectors/kube/reach.ts';
import { services } from '../../shared/connectors/kube/resources.ts';
import { hostOf } from '../conformance/cluster.ts';
import { startSimulatedCluster, type SimulatedCluster } from '../conformance/simulatedCluster.ts';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { eventually, isWatch, putService } from './watchHarness.ts';

/** A client whose connections go through a proxy that breaks them. */
interface Reached extends AsyncDisposable {
  readonly cluster: SimulatedCluster;
  readonly proxy: FaultProxy;
  readonly client: KubeClient;
  /** Leaves as many connections as this open and kept for later. */
  keep(count: number): Promise<void>;
}

async function reach(): Promise<Reached> {
  const cluster = await startSimulatedCluster();
  putService(cluster, 'catalog');
  const proxy = await startFaultProxy({ port: Number(new URL(cluster.server.url).port) });
  const client = await clientOf({ server: `http://127.0.0.1:${proxy.port}` });
  return {
    cluster,
    proxy,
    client,
    async keep(count) {
      const slow = cluster.server.faults.add({ kind: 'slow', ms: 50 }, () => true, count);
      await Promise.all(Array.from({ length: count }, () => client.read('/api/v1/namespaces', soon())));
      slow();
      expect(proxy.connections.filter(({ open }) => open)).toHaveLength(count);
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

async function clientOf(cluster: Readonly<Record<string, unknown>>): Promise<KubeClient> {
  const { contexts } = await readKubeconfig({
    text: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'one', cluster }],
      users: [{ name: 'admin', user: { token: 'admin' } }],
      contexts: [{ name: 'one', context: { cluster: 'one', user: 'admin' } }],
    }),
  });
  const [context] = contexts;
  if (context === undefined) throw new Error('the kubeconfig has no context');
  return createKubeClient(await createReach(context, Date.now), 'one', null, hostOf());
}

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const patches = ({ cluster }: Reached): number =>
  cluster.server.requests.filter(({ method }) => method === 'PATCH').length;

test('W16 a read on a kept connection that the server closes just then is sent again on a new one', async () => {
  await using here = await reach();
  await here.keep(1);
  here.proxy.resetReused(1);
  await expect(here.client.read('/version', soon())).resolves.toMatchObject({ major: '1' });
  expect(here.proxy.connections).toHaveLength(2);
});

test('W16 where all kept connections are dead, a read needs one new connection and not one try for each', async () => {
  await using here = await reach();
  await here.keep(4);
  here.proxy.resetReused(4);
  await expect(here.client.read('/version', soon())).resolves.toMatchObject({ major: '1' });
  expect(here.proxy.connections).toHaveLength(5);
});

test('W16 a read that fails on its new connection too is told, not tried for ever', async () => {
  await using here = await reach();
  await here.keep(1);
  here.proxy.resetReused(1);
  here.proxy.resetNew(1);
  await expect(here.client.read('/version', soon())).rejects.toMatchObject({ kind: 'unanswered' });
  expect(here.proxy.connections).toHaveLength(2);
});

test('W16 a watch on a kept connection that is dead is opened on a new one, without a word of trouble', async () => {
  await using here = await reach();
  const troubles: string[] = [];
  using view = here.client.watches.view(services, {
    changed: () => undefined,
    health: () => void (view.health.ok || troubles.push(view.health.error)),
  });
  here.proxy.resetReused(1);
  await eventually(() => expect(here.cluster.server.faults.openWatches.size).toBe(1));
  expect(here.cluster.server.requests.filter(isWatch)).toHaveLength(1);
  expect(troubles).toEqual([]);
});

test('W16 a write whose connection is closed at the moment of sending is not sent again', async () => {
  await using here = await reach();
  await here.keep(2);
  const object = await here.client.object(services, 'shop', 'catalog', soon());
  here.proxy.resetNew(1);
  const steps = [{ op: 'add', path: '/metadata/labels', value: { tier: 'x' } }] as const;
  await expect(here.client.patch(services, object, steps, { dryRun: false }, soon())).rejects.toMatchObject({
    kind: 'unanswered',
  });
  expect(patches(here)).toBe(0);
  await here.client.patch(services, object, steps, { dryRun: false }, soon());
  expect(patches(here)).toBe(1);
});

test('W16 a write never goes over a kept connection: there nobody could say whether it arrived', async () => {
  await using here = await reach();
  await here.keep(2);
  const object = await here.client.object(services, 'shop', 'catalog', soon());
  const kept = here.proxy.connections.map(({ sent }) => sent);
  here.proxy.resetReused(10);
  const steps = [{ op: 'add', path: '/metadata/labels', value: { tier: 'x' } }] as const;
  await here.client.patch(services, object, steps, { dryRun: false }, soon());
  expect(patches(here)).toBe(1);
  expect(here.proxy.connections.slice(0, kept.length).map(({ sent }) => sent)).toEqual(kept);
});

test('W16 a server that takes no more connections is unreachable, and reads go on over those that are there', async () => {
  await using here = await reach();
  await here.keep(1);
  here.proxy.accept(false);
  await expect(here.client.read('/version', soon())).resolves.toMatchObject({ major: '1' });
  const object = await here.client.object(services, 'shop', 'catalog', soon());
  const steps = [{ op: 'add', path: '/metadata/labels', value: { tier: 'x' } }] as const;
  await expect(here.client.patch(services, object, steps, { dryRun: false }, soon())).rejects.toMatchObject({
    kind: expect.stringMatching(/unreachable|unanswered/) as unknown,
  });
  expect(patches(here)).toBe(0);
  here.proxy.accept(true);
  await here.client.patch(services, object, steps, { dryRun: false }, soon());
  expect(patches(here)).toBe(1);
});

test('W16 the client offers HTTP/1.1 alone, so no GOAWAY and no limit of streams can reach it', async () => {
  const hellos: string[] = [];
  // What a client offers stands in clear in its first bytes.
  const server = createServer((socket) => {
    socket.once('data', (bytes) => {
      hellos.push(bytes.toString('latin1'));
      socket.destroy();
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const client = await clientOf({ server: `https://127.0.0.1:${port}` });
  await expect(client.read('/version', soon())).rejects.toThrow();
  // One that does speak HTTP/2 says so there, which shows that we look at the right place.
  const other = connect({ port, host: '127.0.0.1', ALPNProtocols: ['h2'] });
  other.on('error', () => undefined);
  await eventually(() => expect(hellos).toHaveLength(2));
  expect(hellos.map((hello) => hello.includes('\x02h2'))).toEqual([false, true]);
  await client[Symbol.asyncDispose]();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

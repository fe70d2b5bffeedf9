import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import type { KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import { hostOf } from './cluster.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';

type Answer = Readonly<{ status: number; body: string }>;

/** What stands in a pod at the port of Istio's Envoys. */
async function serveAdmin(answer: Answer) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    asked,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

const serverInfo: Answer = {
  status: 200,
  body: JSON.stringify({ version: 'x/1.40.0/Clean', state: 'LIVE', uptime_current_epoch: '5s' }),
};

async function findEnvoy(settings: KubernetesSettings) {
  await using session = await kubernetes.open(settings, hostOf());
  const found = await session.offers?.find(AbortSignal.timeout(20_000));
  const offer = found?.offers.find(({ connector }) => connector === 'envoy');
  return {
    detail: offer?.detail ?? found?.absent.find(({ connector }) => connector === 'envoy')?.detail,
    proxies: offer?.lent.proxies?.() ?? [],
    isOffered: offer !== undefined,
  };
}

const run = (cluster: Awaited<ReturnType<typeof startSimulatedCluster>>, instances: number) =>
  cluster.run({ app: 'payment', version: 'v1', instances, sidecar: true });

test('proxies beside applications are found once one of them answers by port-forward', async () => {
  await using admin = await serveAdmin(serverInfo);
  await using cluster = await startSimulatedCluster({
    podPorts: (_namespace, _pod, port) =>
      port === 15_000 ? { host: '127.0.0.1', port: admin.port } : undefined,
  });
  await run(cluster, 2);
  await cluster.run({ app: 'order', version: 'v1', instances: 1 });
  const found = await findEnvoy(cluster.settings);
  expect(found.detail).toBe('2 proxies beside applications, by port-forward to their pods');
  expect(found.proxies.map(({ instance }) => instance).every((name) => name.startsWith('payment-'))).toBe(
    true,
  );
  // Of one that does not answer its labels tell whose it is.
  expect(found.proxies.map(({ service, likelyService }) => [service, likelyService])).toEqual([
    ['', 'payment'],
    ['', 'payment'],
  ]);
  expect(admin.asked).toEqual(['/server_info']);
});

test('what does not answer, or may not be reached, is told and not offered', async () => {
  await using page = await serveAdmin({ status: 404, body: '<html>' });
  await using cluster = await startSimulatedCluster({
    podPorts: () => ({ host: '127.0.0.1', port: page.port }),
  });
  expect((await findEnvoy(cluster.settings)).detail).toBe('No pod has a proxy of Istio or Consul beside it.');
  await run(cluster, 1);
  expect((await findEnvoy(cluster.settings)).detail).toMatch(/is no Envoy: \/server_info gives status 404/);
  const forbidden = await findEnvoy(cluster.settingsFor('viewer'));
  expect(forbidden).toMatchObject({ isOffered: false });
  expect(forbidden.detail).toMatch(/You may not port-forward to pods/);
});

test('a pod in which nothing listens is told with what its node says', async () => {
  await using cluster = await startSimulatedCluster();
  await run(cluster, 1);
  const { detail, isOffered } = await findEnvoy(cluster.settings);
  expect(isOffered).toBe(false);
  expect(detail).toMatch(
    /port-forward to pod shop\/payment-.* failed: error forwarding port 15000.*connection refused/,
  );
});

test('a mesh of more proxies than are worth a stream each is not asked', async () => {
  await using admin = await serveAdmin(serverInfo);
  await using cluster = await startSimulatedCluster({
    podPorts: () => ({ host: '127.0.0.1', port: admin.port }),
  });
  await run(cluster, 41);
  const found = await findEnvoy(cluster.settings);
  expect(found.detail).toBe('41 pods have a proxy, and more than 40 are not asked one by one.');
  expect(admin.asked).toEqual([]);
});

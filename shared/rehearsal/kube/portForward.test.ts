import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { KubeConfig, PortForward } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { startTestCluster, type TestCluster } from './testCluster.ts';

interface Echo extends AsyncDisposable {
  readonly port: number;
}

async function startEcho(): Promise<Echo> {
  const server: Server = createServer((socket) => void socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()));
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close };
}

async function clusterWithPod(port: number): Promise<TestCluster> {
  const cluster = await startTestCluster({
    podPorts: (_namespace, _pod, asked) => (asked === 15000 ? { host: '127.0.0.1', port } : undefined),
  });
  cluster.store.put({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' } });
  return cluster;
}

function forwarderOf(cluster: TestCluster, token: string): PortForward {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'test', server: cluster.server.url, skipTLSVerify: true },
    { name: token, token },
  );
  return new PortForward(config);
}

const textOf = (stream: PassThrough): (() => string) => {
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
};

test('the real client forwards a port, and bytes come back as they went', async () => {
  await using echo = await startEcho();
  await using cluster = await clusterWithPod(echo.port);
  const [output, errors, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const text = textOf(output);
  const socket = await forwarderOf(cluster, 'limited').portForward(
    'shop',
    'p',
    [15000],
    output,
    errors,
    input,
  );
  input.write('GET /clusters');
  await expect.poll(text).toBe('GET /clusters');
  (socket as { close(): void }).close();
});

test('a port where nothing listens is told on the error channel', async () => {
  await using cluster = await clusterWithPod(1);
  const [output, errors, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const told = textOf(errors);
  await forwarderOf(cluster, 'admin').portForward('shop', 'p', [81], output, errors, input);
  await expect.poll(told).toContain('connection refused');
});

test('a viewer may not forward, and a request without an upgrade is told to ask for one', async () => {
  await using cluster = await clusterWithPod(1);
  const streams = [new PassThrough(), new PassThrough(), new PassThrough()] as const;
  const refused = forwarderOf(cluster, 'viewer').portForward('shop', 'p', [15000], ...streams);
  await expect(refused).rejects.toThrow();
  expect((await cluster.ask('/api/v1/namespaces/shop/pods/p/portforward?ports=1')).status).toBe(400);
});

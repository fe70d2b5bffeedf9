import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { ProxyTarget } from './proxy.ts';
import { startTestCluster } from './testCluster.ts';

interface Upstream extends AsyncDisposable {
  readonly origin: string;
}

async function startUpstream(): Promise<Upstream> {
  const server = createServer((request, response) => {
    if (request.url === '/moved') return void response.writeHead(302, { location: '/graph' }).end();
    if (request.url === '/broken') {
      response.writeHead(200, { 'content-length': '100' });
      return void response.write('half', () => request.socket.resetAndDestroy());
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method, url, headers } = request;
      response.end(JSON.stringify({ method, url, body, authorization: headers.authorization ?? null }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => (server.close(() => resolve()), server.closeAllConnections()));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: close,
  };
}

const base = '/api/v1/namespaces/shop/services';

test('a request is handed to the Service behind the path, without the credentials', async () => {
  await using upstream = await startUpstream();
  const targets: ProxyTarget[] = [];
  await using cluster = await startTestCluster({
    proxies: (target) => (targets.push(target), upstream.origin),
  });
  const path = `${base}/http:payment:9090/proxy/api/v1/query?query=up%7Ba%3D%22b%22%7D`;
  const response = await cluster.ask(path, { method: 'POST', json: { a: 1 } });
  expect(await response.json()).toEqual({
    method: 'POST',
    url: '/api/v1/query?query=up%7Ba%3D%22b%22%7D',
    body: '{"a":1}',
    authorization: null,
  });
  await cluster.ask(`${base}/payment/proxy/`);
  expect(targets).toEqual([
    { namespace: 'shop', service: 'payment', port: '9090' },
    { namespace: 'shop', service: 'payment', port: '' },
  ]);
});

test('redirects stay behind the proxy', async () => {
  await using upstream = await startUpstream();
  await using cluster = await startTestCluster({ proxies: () => upstream.origin });
  const moved = await cluster.ask(`${base}/payment/proxy/moved`, { redirect: 'manual' });
  expect(moved.headers.get('location')).toBe(`${base}/payment/proxy/graph`);
  const root = await cluster.ask(`${base}/payment/proxy`, { redirect: 'manual' });
  expect([root.status, root.headers.get('location')]).toEqual([301, `${base}/payment/proxy/`]);
});

test('a Service without endpoints, one that cannot be reached and one that does not exist are told apart', async () => {
  const origins = new Map([['80', 'http://127.0.0.1:1']]);
  await using cluster = await startTestCluster({ proxies: ({ port }) => origins.get(port) });
  const told = async (path: string) => {
    const response = await cluster.ask(path);
    return [response.status, ((await response.json()) as { message: string }).message];
  };
  expect(await told(`${base}/payment:81/proxy/`)).toEqual([
    503,
    'no endpoints available for service "payment"',
  ]);
  expect(await told(`${base}/payment:80/proxy/`)).toMatchObject([
    503,
    expect.stringContaining('error trying to reach service'),
  ]);
  expect(await told(`${base}/nothing/proxy/`)).toEqual([404, 'services "nothing" not found']);
});

test('an upstream that breaks off in the middle is not made to look complete', async () => {
  await using upstream = await startUpstream();
  await using cluster = await startTestCluster({ proxies: () => upstream.origin });
  const broken = cluster.ask(`${base}/payment/proxy/broken`).then((response) => response.text());
  await expect(broken).rejects.toThrow();
});

test('a user of another namespace may not pass', async () => {
  await using cluster = await startTestCluster({ proxies: () => undefined });
  const response = await cluster.ask(base.replace('shop', 'bank') + '/payment:80/proxy/', {
    token: 'limited',
  });
  expect(await response.json()).toMatchObject({
    code: 403,
    message: expect.stringContaining('cannot get resource "services/proxy" in API group ""'),
  });
});

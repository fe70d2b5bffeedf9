import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Found, Session } from '../../shared/connectors/kit/connector.ts';
import { createKubeClient } from '../../shared/connectors/kube/client.ts';
import { readKubeconfig } from '../../shared/connectors/kube/kubeconfig.ts';
import { createPortForwardTransport } from '../../shared/connectors/kube/portForward.ts';
import { createReach } from '../../shared/connectors/kube/reach.ts';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { namespaceRules, viewerRules } from '../../shared/rehearsal/kube/access.ts';
import { createPayment, hostOf, realClock } from './cluster.ts';
import { type SimulatedCluster, startSimulatedCluster } from './simulatedCluster.ts';

async function serve(listener: RequestListener) {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers as a Prometheus does when it is asked what it is. */
const prometheus: RequestListener = (request, response) => {
  response.setHeader('content-type', 'application/json');
  if (request.url === '/api/v1/status/buildinfo')
    response.end(JSON.stringify({ status: 'success', data: { version: '3.1.0' } }));
  else response.writeHead(404).end('{}');
};

const find = async (session: Session): Promise<Found> => {
  if (session.offers === undefined) throw new Error('the session offers nothing');
  return session.offers.find(AbortSignal.timeout(10_000));
};

const putPrometheus = (cluster: SimulatedCluster, name = 'prometheus'): void =>
  void cluster.store.put({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: cluster.namespace, labels: { 'app.kubernetes.io/name': 'prometheus' } },
    spec: { selector: { app: 'prometheus' }, ports: [{ name: 'web', port: 9090, targetPort: 'web' }] },
  });

test('an opened cluster says what it is, who asks, and what they may do', async () => {
  await using cluster = await startSimulatedCluster();
  await using session = await kubernetes.open(cluster.settingsFor('viewer'), hostOf());
  expect(session).toMatchObject({
    peer: { product: 'Kubernetes' },
    server: cluster.server.url,
    user: 'viewer',
    namespaces: null,
    warnings: [],
  });
  const may = (verb: string, resource: string) =>
    session.permissions.find((one) => one.verb === verb && one.resource === resource)?.allowed;
  expect(may('list', 'services')).toBe(true);
  expect(may('patch', 'virtualservices.networking.istio.io')).toBe(false);
});

test('who may not list all namespaces is told to name theirs, and named ones are enough', async () => {
  await using cluster = await startSimulatedCluster();
  await createPayment(cluster);
  const settings = cluster.settingsFor('limited');
  await expect(kubernetes.open(settings, hostOf())).rejects.toMatchObject({
    kind: 'forbidden',
    message: expect.stringMatching(/Name the namespaces/) as unknown,
  });
  await using session = await kubernetes.open({ ...settings, namespaces: ['shop'] }, hostOf());
  expect(session.namespaces).toEqual(['shop']);
  const stop = new AbortController();
  for await (const topology of session.topology?.watch(stop.signal, () => undefined) ?? []) {
    expect(topology.services.map((one) => one.name)).toEqual(['payment']);
    break;
  }
});

test('an expired token, a server that is down and a context that is gone are each said in words', async () => {
  await using cluster = await startSimulatedCluster();
  await expect(kubernetes.open(cluster.settingsFor('expired'), hostOf())).rejects.toMatchObject({
    kind: 'unauthenticated',
    message: expect.stringMatching(/Log in again/) as unknown,
  });
  await expect(kubernetes.open({ ...cluster.settings, context: 'gone' }, hostOf())).rejects.toMatchObject({
    kind: 'refused',
    message: expect.stringMatching(/no context “gone”/) as unknown,
  });
  await cluster.server.close();
  await expect(kubernetes.open(cluster.settings, hostOf())).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringMatching(/Nothing listens at/) as unknown,
  });
});

test('Prometheus is found by its name and reached through the API server', async () => {
  await using peer = await serve(prometheus);
  await using cluster = await startSimulatedCluster({ proxies: () => peer.url });
  putPrometheus(cluster);
  await using session = await kubernetes.open(cluster.settingsFor('viewer'), hostOf());
  const found = await find(session);
  const offer = found.offers.find((one) => one.connector === 'prometheus');
  expect(offer?.detail).toBe('Prometheus 3.1.0 through the API server, service shop/prometheus:9090');
  const answer = await offer?.lent.transport?.request({
    method: 'GET',
    path: '/api/v1/status/buildinfo',
    signal: AbortSignal.timeout(5_000),
  });
  expect(answer?.status).toBe(200);
  expect(found.absent.map(({ connector }) => connector)).toEqual(['envoy']);
});

test('a named namespace that may not be listed does not hide a Prometheus that answers', async () => {
  await using peer = await serve(prometheus);
  await using cluster = await startSimulatedCluster({
    proxies: ({ namespace }) => (namespace === 'monitoring' ? peer.url : undefined),
  });
  cluster.store.put({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'prometheus', namespace: 'monitoring' },
    spec: { ports: [{ name: 'web', port: 9090 }] },
  });
  const proxy = { verbs: ['get', 'create'], apiGroups: [''], resources: ['services/proxy'] };
  const rules = [...namespaceRules('shop'), { ...proxy, namespaces: ['monitoring'] }];
  const settings = { ...cluster.settingsFor('limited'), namespaces: ['shop', 'monitoring'] };
  cluster.tokens.set('limited', { name: 'limited', rules });
  await using session = await kubernetes.open(settings, hostOf());
  const offer = (await find(session)).offers.find((one) => one.connector === 'prometheus');
  expect(offer?.detail).toBe('Prometheus 3.1.0 through the API server, service monitoring/prometheus:9090');

  cluster.tokens.set('limited', { name: 'limited', rules: namespaceRules('shop') });
  await using without = await kubernetes.open(settings, hostOf());
  const absent = (await find(without)).absent.find((one) => one.connector === 'prometheus');
  expect(absent?.detail).toMatch(/namespace monitoring: not allowed.*nor the usual places/);
});

test('where no Prometheus answers, what was tried and what came back is told', async () => {
  await using page = await serve((_, response) =>
    response.setHeader('content-type', 'text/html').end('<html>Sign in'),
  );
  await using cluster = await startSimulatedCluster({
    proxies: ({ service }) => (service === 'prometheus' ? page.url : undefined),
  });
  await using session = await kubernetes.open(cluster.settings, hostOf());
  const ofPrometheus = async () =>
    (await find(session)).absent.find(({ connector }) => connector === 'prometheus')?.detail;
  expect(await ofPrometheus()).toMatch(/No Service has a name/);
  putPrometheus(cluster);
  putPrometheus(cluster, 'prometheus-server');
  expect(await ofPrometheus()).toMatch(/shop\/prometheus:9090: .*is no Prometheus/);
  expect(await ofPrometheus()).toMatch(/shop\/prometheus-server:9090: .*no endpoints available/);
});

test('a Prometheus that the operator named is asked with their headers, and nothing else is', async () => {
  const seen: unknown[] = [];
  await using peer = await serve((request, response) => {
    seen.push([request.url, request.headers.authorization, request.headers['x-scope-orgid']]);
    prometheus(request, response);
  });
  await using cluster = await startSimulatedCluster();
  const headers = [
    { name: 'Authorization', value: 'Bearer mine' },
    { name: 'X-Scope-OrgID', value: 'shop' },
  ];
  await using session = await kubernetes.open(
    { ...cluster.settings, prometheus: { url: peer.url, headers } },
    hostOf(),
  );
  const found = await find(session);
  expect(found.offers.map((one) => one.detail)).toContain(`Prometheus 3.1.0 at ${peer.url}`);
  expect(seen).toEqual([['/api/v1/status/buildinfo', 'Bearer mine', 'shop']]);
});

test('addresses that lead elsewhere are refused, and redirects are not followed', async () => {
  await using elsewhere = await serve(prometheus);
  await using peer = await serve((_, response) => response.writeHead(302, { location: elsewhere.url }).end());
  await using cluster = await startSimulatedCluster();
  for (const [url, words] of [
    [peer.url, /redirect \(302\)/],
    ['http://ana:pw@127.0.0.1', /user name or password/],
    ['file:///etc/passwd', /not an http or https/],
    ['http://169.254.169.254', /link-local/],
    ['http://[fe80::1]', /link-local/],
    ['http://[::ffff:169.254.169.254]', /link-local/],
    ['http://0.0.0.0:9090', /link-local, multicast or metadata/],
    ['http://metadata.google.internal', /metadata service/],
  ] as const) {
    await using session = await kubernetes.open(
      { ...cluster.settings, prometheus: { url, headers: [] } },
      hostOf(),
    );
    const { offers, absent } = await find(session);
    expect(offers.filter((one) => one.connector === 'prometheus')).toEqual([]);
    expect(absent.find((one) => one.connector === 'prometheus')?.detail).toMatch(words);
  }
});

test('a port-forward carries requests to the pod’s port, in pieces as they come', async () => {
  const long = 'x'.repeat(300_000);
  await using pod = await serve((request, response) =>
    response.end(request.url === '/long' ? long : 'short'),
  );
  await using api = await serve((_, response) => response.writeHead(404).end());
  const asked: (string | undefined)[] = [];
  const sockets = new WebSocketServer({
    server: api.server,
    handleProtocols: (offered) => (offered.has('v4.channel.k8s.io') ? 'v4.channel.k8s.io' : false),
  });
  sockets.on('connection', (socket, request) => {
    asked.push(request.url, request.headers.authorization);
    const port = Buffer.from([pod.port & 255, pod.port >> 8]);
    // As the kubelet begins: each channel with the port's number.
    socket.send(Buffer.concat([Buffer.of(0), port]));
    socket.send(Buffer.concat([Buffer.of(1), port]));
    const stream = connect(pod.port, '127.0.0.1');
    stream.on('data', (bytes: Buffer) => socket.send(Buffer.concat([Buffer.of(0), bytes])));
    stream.on('close', () => socket.close());
    socket.on('message', (message: Buffer) => stream.write(message.subarray(1)));
    socket.on('close', () => stream.destroy());
  });
  const text = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: api.url } }],
    users: [{ name: 'u', user: { token: 'mine' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  });
  const [context] = (await readKubeconfig({ text })).contexts;
  if (context === undefined) throw new Error('no context');
  await using client = createKubeClient(await createReach(context, realClock.now), 'x', null, hostOf());
  const transport = createPortForwardTransport(client, {
    namespace: 'monitoring',
    name: 'prometheus-0',
    port: 9090,
  });
  const signal = AbortSignal.timeout(5_000);
  expect(await transport.request({ method: 'GET', path: '/short', signal })).toMatchObject({
    status: 200,
    body: 'short',
  });
  expect((await transport.request({ method: 'GET', path: '/long', signal })).body).toHaveLength(long.length);
  expect(asked.slice(0, 2)).toEqual([
    '/api/v1/namespaces/monitoring/pods/prometheus-0/portforward?ports=9090',
    'Bearer mine',
  ]);
  await expect(
    transport.request({ method: 'GET', path: '/long', signal, maxBytes: 1_000 }),
  ).rejects.toMatchObject({ kind: 'tooLarge' });
  sockets.close();
});

test('where the proxy is forbidden a port-forward is tried, and its refusal is told too', async () => {
  await using cluster = await startSimulatedCluster();
  putPrometheus(cluster);
  cluster.store.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'prometheus-0', namespace: 'shop', labels: { app: 'prometheus' } },
    spec: { containers: [{ name: 'prometheus', ports: [{ name: 'web', containerPort: 9090 }] }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const rules = viewerRules.filter((rule) => !rule.resources.includes('services/proxy'));
  cluster.tokens.set('viewer', { name: 'viewer', rules });
  await using session = await kubernetes.open(cluster.settingsFor('viewer'), hostOf());
  const absent = (await find(session)).absent.find((one) => one.connector === 'prometheus');
  expect(absent?.detail).toMatch(/services.*is forbidden/);
  expect(absent?.detail).toMatch(/port-forward to pod shop\/prometheus-0/);
});

import type { ConsulPeer } from '../start/consul.ts';
import {
  type ConsulUser,
  consulTokens,
  paymentSplitter,
  shopInstances,
  shopPorts,
} from '../start/consulShop.ts';
import type { Asker, Recorder } from './recorder.ts';

/** Reads, writes and refusals of a Consul agent. */
export async function recordConsul(recorder: Recorder, peer: ConsulPeer): Promise<void> {
  const as = (user: ConsulUser): Asker => ({ url: peer.url, token: consulTokens[user], user });
  const read = (name: string, path: string, user: ConsulUser = 'viewer') =>
    recorder.record(name, as(user), { path });
  const put = (name: string, path: string, body: unknown, user: ConsulUser = 'operator') =>
    recorder.record(name, as(user), { method: 'PUT', path, body });
  const remove = (name: string, path: string, user: ConsulUser = 'operator') =>
    recorder.record(name, as(user), { method: 'DELETE', path });
  const post = (name: string, path: string, body: unknown, user: ConsulUser = 'operator') =>
    recorder.record(name, as(user), { method: 'POST', path, body });

  await read('leader', '/v1/status/leader');
  await read('datacenters', '/v1/catalog/datacenters');
  await read('catalog-services', '/v1/catalog/services');
  await read('catalog-payment', '/v1/catalog/service/payment');
  await read('health-payment', '/v1/health/service/payment');
  await read('health-connect-payment-passing', '/v1/health/connect/payment?passing');
  await read('nodes', '/v1/internal/ui/nodes');
  await read('nodes-narrow', '/v1/internal/ui/nodes', 'narrow');
  await read('topology-payment', '/v1/internal/ui/service-topology/payment?kind=');
  await read('topology-without-kind', '/v1/internal/ui/service-topology/payment');
  await read('chain-payment', '/v1/discovery-chain/payment');
  await read('chain-plain', '/v1/discovery-chain/order');
  await read('chain-unknown', '/v1/discovery-chain/nowhere');
  for (const kind of ['proxy-defaults', 'service-defaults', 'service-resolver', 'service-splitter'])
    await read(`config-${kind}`, `/v1/config/${kind}`);
  await read('config-service-router', '/v1/config/service-router');
  await read('config-service-intentions', '/v1/config/service-intentions');
  await read('config-missing', '/v1/config/service-router/payment');
  await read('config-unknown-kind', '/v1/config/service-nonsense');
  await read('config-narrow', '/v1/config/service-splitter', 'narrow');

  await recordAccess(recorder, as);
  await recordWrites(put, remove, (name, path) => read(name, path, 'operator'));
  await recordBlocking(read, peer);

  await put('kv-create', '/v1/kv/shop/level?cas=0', 'info');
  await put('kv-create-exists', '/v1/kv/shop/level?cas=0', 'warn');
  await read('kv-read', '/v1/kv/shop/level');
  await read('kv-list', '/v1/kv/shop/?recurse');
  await read('kv-keys', '/v1/kv/shop/?keys');
  await read('kv-missing', '/v1/kv/shop/absent');
  await put('kv-cas-wrong', '/v1/kv/shop/level?cas=1', 'warn');
  await put('kv-forbidden', '/v1/kv/other/level', 'warn');
  const verb = (Verb: string, Key: string, more: object) => ({ KV: { Verb, Key, ...more } });
  const value = Buffer.from('warn').toString('base64');
  await put('txn', '/v1/txn', [verb('set', 'shop/level', { Value: value }), verb('get', 'shop/level', {})]);
  await put('txn-cas-wrong', '/v1/txn', [
    verb('set', 'shop/other', { Value: value }),
    verb('cas', 'shop/level', { Value: value, Index: 1 }),
  ]);
  await put('txn-forbidden', '/v1/txn', [verb('set', 'other/level', { Value: value })]);
  await remove('kv-delete-cas-wrong', '/v1/kv/shop/level?cas=1');
  await remove('kv-delete', '/v1/kv/shop/level');
  await post('authorize-nonsense', '/v1/internal/acl/authorize', [{ Resource: 'nonsense', Access: 'read' }]);
  await read('path-unknown', '/v1/nonsense');
}

async function recordAccess(recorder: Recorder, as: (user: ConsulUser) => Asker): Promise<void> {
  const rights = [
    { Resource: 'service', Access: 'write', Segment: 'payment' },
    { Resource: 'service', Access: 'read', Segment: '' },
    { Resource: 'operator', Access: 'write' },
  ];
  for (const user of ['admin', 'operator', 'viewer', 'narrow', 'stranger'] as const) {
    await recorder.record(`authorize-${user}`, as(user), {
      method: 'POST',
      path: '/v1/internal/acl/authorize',
      body: rights,
    });
  }
  await recorder.record('stranger-nodes', as('stranger'), { path: '/v1/internal/ui/nodes' });
  await recorder.record('stranger-token', as('stranger'), { path: '/v1/acl/token/self' });
  await recorder.record('agent-forbidden', as('narrow'), { path: '/v1/agent/self' });
  await recorder.record(
    'anonymous-services',
    { url: as('viewer').url, user: 'anyone' },
    { path: '/v1/catalog/services' },
  );
}

type Write = (name: string, path: string, body: unknown, user?: ConsulUser) => Promise<unknown>;
type Read = (name: string, path: string) => Promise<{ readonly body: unknown }>;

async function recordWrites(
  put: Write,
  remove: (name: string, path: string) => Promise<unknown>,
  read: Read,
): Promise<void> {
  const split = (v1: number, v2: number, more: object = {}) => ({
    ...paymentSplitter,
    Splits: [
      { Weight: v1, ServiceSubset: 'v1' },
      { Weight: v2, ServiceSubset: 'v2' },
    ],
    ...more,
  });
  const { body } = await read('splitter', '/v1/config/service-splitter/payment?consistent');
  const { ModifyIndex } = body as { readonly ModifyIndex: number };
  await put('cas-wrong', `/v1/config?cas=${ModifyIndex - 1}`, split(60, 40));
  await put('cas-wrong-but-identical', `/v1/config?cas=${ModifyIndex - 1}`, split(70, 30));
  await put('cas-right', `/v1/config?cas=${ModifyIndex}`, split(60, 40));
  await put('cas-again', `/v1/config?cas=${ModifyIndex}`, split(50, 50));
  await read('splitter-after', '/v1/config/service-splitter/payment?consistent');
  await put('split-not-100', '/v1/config', split(90, 20));
  await put('split-negative', '/v1/config', split(-5, 105));
  await put('split-thousandths', '/v1/config', split(33.333, 66.667));
  await put('split-hundredths', '/v1/config', split(99.5, 0.5));
  await read('splitter-hundredths', '/v1/config/service-splitter/payment');
  await put('split-unknown-subset', '/v1/config', {
    ...paymentSplitter,
    Splits: [{ Weight: 100, ServiceSubset: 'nope' }],
  });
  await put('config-unknown-field', '/v1/config', split(70, 30, { Nonsense: 1 }));
  await put('config-forbidden', '/v1/config', split(70, 30), 'viewer');
  await put('config-forbidden-narrow', '/v1/config', split(70, 30), 'narrow');
  await put('split-of-tcp', '/v1/config', {
    Kind: 'service-splitter',
    Name: 'plain',
    Splits: [{ Weight: 100, Service: 'payment' }],
  });
  await put('router', '/v1/config', {
    Kind: 'service-router',
    Name: 'payment',
    Routes: [{ Match: { HTTP: { PathPrefix: '/' } }, Destination: { Service: 'cashdesk' } }],
  });
  await read('chain-routed', '/v1/discovery-chain/payment');
  await remove('router-delete-cas-wrong', '/v1/config/service-router/payment?cas=1');
  await remove('router-delete', '/v1/config/service-router/payment');
  await remove('router-delete-missing', '/v1/config/service-router/payment');
  await put('restore', '/v1/config', split(70, 30));
}

/** Waiting that runs out, and an index from the future. */
async function recordBlocking(
  read: (name: string, path: string) => Promise<unknown>,
  { call }: ConsulPeer,
): Promise<void> {
  const path = '/v1/config/service-splitter';
  const index = (await call('GET', path)).headers.get('x-consul-index') ?? '1';
  await read('blocking-nothing-new', `${path}?index=${index}&wait=1s`);
  await read('blocking-past-index', `${path}?index=1&wait=10s`);
  await read('blocking-future-index', `${path}?index=${Number(index) + 1_000_000}&wait=1s`);
  await read('blocking-bad-index', `${path}?index=soon&wait=1s`);
}

/** What the sidecar of a caller has loaded and counted. */
export async function recordConsulEnvoy(recorder: Recorder): Promise<void> {
  const [edge] = shopInstances;
  const asker: Asker = { url: `http://${edge?.address}:${shopPorts.admin}`, user: 'anyone' };
  await recorder.record('consul-routes', asker, { path: '/config_dump?resource=dynamic_route_configs' });
  await recorder.record('consul-runtime-refused', asker, {
    method: 'POST',
    path: '/runtime_modify?circuit_breakers.payment.default.max_requests=0',
  });
  await recorder.record('consul-runtime-by-get', asker, {
    path: '/runtime_modify?circuit_breakers.payment.default.max_requests=0',
  });
}

import { describe, expect, test } from 'vitest';
import type { Refusals } from '../../model/change.ts';
import type { Transport } from '../kit/transport.ts';
import { createApi, readJson } from './api.ts';
import { readClusters, readHosts } from './held.ts';
import { instanceOf, isForHost, targetOf } from './names.ts';
import type { AskedProxy, Proxies } from './proxies.ts';
import { createProof } from './proof.ts';
import { createSightings } from './sightings.ts';

const signal = AbortSignal.timeout(10_000);
const trust = 'internal.3fce0589-f5d2-90fe-e615-aaed2d753233.consul';
const istioCluster = 'outbound|8080|v1|payment.shop.svc.cluster.local';

/** An admin endpoint of which every answer is told. */
function endpoint(answers: Readonly<Record<string, unknown>>, status = 200) {
  const asked: string[] = [];
  const transport: Transport = {
    route: 'at http://127.0.0.1:19000',
    request({ method, path }) {
      asked.push(`${method} ${path}`);
      const body = answers[path.split('?')[0] ?? ''];
      return Promise.resolve({
        status,
        headers: {},
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    },
  };
  return { transport, asked };
}

const cluster = (name: string, limit: number, ejected = false) => ({
  name,
  circuit_breakers: {
    thresholds: [
      { max_connections: 1024, max_requests: limit },
      { priority: 'HIGH', max_requests: 1024 },
    ],
  },
  host_statuses: [{ health_status: ejected ? { failed_outlier_check: true } : {} }],
});
const table = (name: string, route: object, match: object = { prefix: '/' }) => ({
  configs: [{ route_config: { virtual_hosts: [{ name, routes: [{ match, route }] }] } }],
});

describe('an Envoy’s admin endpoint', () => {
  test('M10 is never asked for what would change it, and no such request leaves', async () => {
    const { transport, asked } = endpoint({});
    for (const path of [
      '/runtime_modify?a=1',
      '/quitquitquit',
      '/logging?level=debug',
      '/reset_counters',
      '/',
    ])
      await expect(readJson(transport, path, signal)).rejects.toMatchObject({ kind: 'refused' });
    expect(asked).toEqual([]);
  });

  test('M10 tells that it refuses a method, or is none, in words', async () => {
    const refusing = endpoint({ '/clusters': 'Method GET not allowed, POST required.' }, 405);
    await expect(createApi(refusing.transport).clusters(signal)).rejects.toThrow(/POST required/);
    const page = endpoint({ '/server_info': '<html>' });
    await expect(createApi(page.transport).serverInfo(signal)).rejects.toMatchObject({ kind: 'notThePeer' });
  });

  test('M10 names clusters with “|” and with dots, and says whom they lead to', () => {
    expect(targetOf(istioCluster)).toEqual({ host: 'payment.shop.svc.cluster.local', subset: 'v1' });
    expect(targetOf('outbound|80||order.shop.svc.cluster.local')).toEqual({
      host: 'order.shop.svc.cluster.local',
      subset: null,
    });
    const payment = 'payment.service.dc1.consul';
    expect(targetOf(`v1.payment.default.dc1.${trust}`)).toEqual({ host: payment, subset: 'v1' });
    expect(targetOf(`payment.default.dc1.${trust}`)).toEqual({ host: payment, subset: null });
    expect(targetOf(`failover-target~0~v1.payment.default.dc1.${trust}`)).toEqual({
      host: payment,
      subset: 'v1',
    });
    expect(targetOf(`payment.money.dc1.${trust}`)?.host).toBe('payment.service.money.ns.dc1.dc.consul');
    for (const own of ['local_app', 'local_agent', 'inbound|8080||', 'BlackHoleCluster', ''])
      expect(targetOf(own)).toBeNull();
    expect(isForHost('payment.shop.svc.cluster.local:8080', 'payment.shop.svc.cluster.local')).toBe(true);
    expect(isForHost('payment', payment)).toBe(true);
    expect(isForHost('payment', 'payment.shop.svc.cluster.local')).toBe(false);
  });

  test('says who it is in the words of its control plane', () => {
    expect(instanceOf({ id: 'order-v1-1-sidecar-proxy', cluster: 'order' })).toEqual({
      namespace: 'default',
      instance: 'order-v1-1',
      service: 'order',
    });
    expect(
      instanceOf({ id: 'sidecar~10.0.0.1~order-7c.shop~shop.svc.cluster.local', cluster: 'order.shop' }),
    ).toEqual({ namespace: 'shop', instance: 'order-7c', service: 'order' });
  });

  test('is judged by the limit that holds for every call, not by a connection’s', () => {
    const none = { ...cluster('b', 0), circuit_breakers: { thresholds: [{ max_connections: 0 }] } };
    const body = { cluster_statuses: [cluster('a', 0, true), none, { name: 'c' }] };
    expect(readClusters(body)).toEqual([
      { name: 'a', refusesAll: true, ejected: 1 },
      { name: 'b', refusesAll: false, ejected: 0 },
      { name: 'c', refusesAll: false, ejected: 0 },
    ]);
    expect(readClusters('clusters')).toBeNull();
  });

  test('follows the route without a condition, also where it stands within a listener', () => {
    const within = {
      configs: [
        {
          active_state: {
            listener: {
              filter_chains: [
                {
                  filters: [
                    {
                      typed_config: table('payment', { cluster: `payment.default.dc1.${trust}` }).configs[0],
                    },
                  ],
                },
              ],
            },
          },
        },
      ],
    };
    expect(readHosts({}, within)[0]).toMatchObject({ name: 'payment', shares: [{ share: 1, subset: null }] });
    const grey = table('payment', { cluster: istioCluster }, { prefix: '/', headers: [{ name: 'x' }] });
    expect(readHosts(grey, {})[0]?.shares).toEqual([]);
  });
});

/** One proxy that holds what it is told to, at a time that is told. */
function proxyHolding(answers: () => Readonly<Record<string, unknown>>, startedAt: () => number): Proxies {
  return {
    read: () => {
      const asked: AskedProxy = {
        place: 'shop/order-7c',
        address: null,
        known: { namespace: 'shop', instance: 'order-7c', service: 'order', calls: [] },
        api: createApi(endpoint(answers()).transport),
        info: { version: '1.40.0', state: 'LIVE', uptimeSeconds: 1, node: { id: '', cluster: 'order' } },
        startedAt: startedAt(),
      };
      return Promise.resolve({ asked: [asked], silent: [], unasked: [] });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

describe('what a proxy holds', () => {
  test('M10 is no longer what was seen of it before it started anew', async () => {
    let limit = 0;
    const host = 'payment.shop.svc.cluster.local';
    const proxies = proxyHolding(
      () => ({
        '/config_dump': table(`${host}:8080`, { cluster: istioCluster }),
        '/clusters': { cluster_statuses: [cluster(istioCluster, limit)] },
      }),
      () => 0,
    );
    const proof = createProof(proxies);
    const refusals: Refusals = {
      kind: 'refusals',
      host,
      namespace: 'shop',
      caller: null,
      status: 503,
      how: 'limit',
      flags: ['UO'],
    };
    expect(await proof.loaded(refusals, 0, signal)).toMatchObject({ state: 'seen' });
    limit = 1024;
    expect(await proof.loaded(refusals, 0, signal)).toMatchObject({ state: 'waiting' });
  });

  test('M10 is counted from its start: a restart makes no refusals, and an idle cluster none either', async () => {
    let now = 1_000_000;
    let [startedAt, count] = [0, 500];
    const proxies = proxyHolding(
      () => ({
        '/stats': {
          stats: [
            { name: `cluster.${istioCluster}.upstream_rq_active_overflow`, value: count },
            { name: `cluster.${istioCluster}.circuit_breakers.default.rq_open`, value: 0 },
            { histograms: {} },
          ],
        },
        '/clusters': { cluster_statuses: [cluster(istioCluster, 0)] },
      }),
      () => startedAt,
    );
    const sightings = createSightings(proxies, { now: () => now });
    const read = async () =>
      (await sightings.read(['payment.shop.svc.cluster.local'], signal)).proxies[0] ?? null;
    // Counted since a start long ago, and so not known of the last minute.
    expect(await read()).toMatchObject({ refused: null, reached: [], subset: 'v1' });
    now += 5_000;
    count += 7;
    expect(await read()).toMatchObject({ refused: 7 });
    now += 5_000;
    [startedAt, count] = [now - 2_000, 3];
    expect(await read()).toMatchObject({ refused: 3 });
  });
});

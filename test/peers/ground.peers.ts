import { KubeConfig, PortForward } from '@kubernetes/client-node';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { readCoordinates } from './coordinates.ts';
import { withFrozenIstiod, withoutValidation } from './faults.ts';
import {
  addScrapeTarget,
  clientFor,
  countsAtServices,
  paymentCounts,
  queryPrometheus,
  setLoad,
  setMode,
} from './measure.ts';
import {
  comeToRest,
  countPayments,
  deviationOf,
  restoreWeights,
  usualLoad,
  writeWeights,
} from './payment.ts';
import { messageOf } from './start/api.ts';
import { waitFor } from './start/processes.ts';

const peers = readCoordinates();
const admin = clientFor(peers, 'admin');
const proxied = '/api/v1/namespaces/monitoring/services/http:prometheus:9090/proxy/api/v1/query?query=up';

describe('the cluster', () => {
  test('is a real API server with ready pods on real addresses', async () => {
    const version = await admin.call('/version');
    expect(version.body).toMatchObject({ gitVersion: peers.versions['kubernetes'] });
    const { body } = await admin.call('/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices');
    const slices = (
      body as { items: { metadata: { labels: Record<string, string> }; endpoints: unknown[] }[] }
    ).items;
    const payment = slices.filter(
      (slice) => slice.metadata.labels['kubernetes.io/service-name'] === 'payment',
    );
    expect(payment.flatMap((slice) => slice.endpoints)).toHaveLength(3);
  });

  test('lets each user do what its role says and no more', async () => {
    const status = async (user: Parameters<typeof clientFor>[1], path: string) =>
      (await clientFor(peers, user).call(path)).status;
    expect(await status('viewer', '/api/v1/namespaces')).toBe(200);
    expect(await status('shop-operator', '/api/v1/namespaces')).toBe(403);
    expect(await status('shop-viewer', '/api/v1/namespaces/shop/pods')).toBe(200);
    expect(await status('nobody', '/api/v1/namespaces/shop/pods')).toBe(403);
    expect(await status('shop-viewer', proxied)).toBe(403);
  });

  test('reaches Prometheus through its own service proxy', async () => {
    const { status, body } = await clientFor(peers, 'shop-operator').call(proxied);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'success', data: { resultType: 'vector' } });
  });

  test('forwards a port to Prometheus for a user who may not use the proxy', async () => {
    const forwarder = clientFor(peers, 'shop-forwarder');
    expect((await forwarder.call(proxied)).status).toBe(403);
    const { body } = await forwarder.call('/api/v1/namespaces/monitoring/pods');
    const name = (body as { items: { metadata: { name: string } }[] }).items[0]?.metadata.name ?? '';
    const config = new KubeConfig();
    config.loadFromFile(peers.kubernetes.kubeconfigFile);
    config.setCurrentContext('shop-forwarder');
    const forward = new PortForward(config);
    const server = createServer(
      (socket) => void forward.portForward('monitoring', name, [9090], socket, null, socket),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=1`, {
      headers: { connection: 'close' },
    });
    expect(await answer.json()).toMatchObject({ status: 'success', data: { resultType: 'scalar' } });
    server.close();
  });

  test('serves the logs of a pod', async () => {
    const { body } = await admin.call('/api/v1/namespaces/shop/pods?labelSelector=app%3Dorder');
    const name = (body as { items: { metadata: { name: string } }[] }).items[0]?.metadata.name;
    const path = `/api/v1/namespaces/shop/pods/${name}/log?container=order&limitBytes=200`;
    const log = await clientFor(peers, 'viewer').call(path);
    expect(log).toEqual({ status: 200, body: expect.stringContaining('the shop opens') });
  });

  test('replaces a pod that is deleted, and the new one carries traffic', async () => {
    const path = '/api/v1/namespaces/shop/pods';
    const podsOf = async () => {
      const { body } = await admin.call(`${path}?labelSelector=app%3Dcatalog`);
      return (body as { items: { metadata: { name: string }; status: { podIP?: string } }[] }).items;
    };
    const [old] = await podsOf();
    await admin.call(`${path}/${old?.metadata.name}`, { method: 'DELETE' });
    const replacement = await waitFor('a new pod of catalog', { limitMs: 20_000 }, async () =>
      (await podsOf()).find(
        (pod) => pod.metadata.name !== old?.metadata.name && pod.status.podIP !== undefined,
      ),
    );
    const answer = await waitFor('an answer of the new pod', { limitMs: 20_000 }, () =>
      fetch(`http://${replacement.status.podIP}:8080/_count`),
    );
    expect(await answer.json()).toMatchObject({ app: 'catalog', pod: replacement.metadata.name });
  });
});

describe('the mesh', () => {
  test('divides payments 70 to 30 as counted at the services', async () => {
    await restoreWeights(peers);
    await setLoad(peers, 150);
    const { total, v2 } = await countPayments(peers, 1_000);
    await setLoad(peers, usualLoad);
    // Four standard deviations: a right split fails this once in sixteen thousand runs.
    expect(Math.abs(v2 - 0.3)).toBeLessThan(4 * deviationOf(0.3, total));
  });

  test('carries every payment by the new weights within five seconds of the write', async () => {
    expect((await writeWeights(peers, 0, 100)).status).toBe(200);
    const writtenAt = Date.now();
    try {
      await waitFor('ten payments in a row by v2', { limitMs: 5_000 }, async () => {
        const before = await paymentCounts(peers);
        await waitFor(
          'ten payments',
          { limitMs: 5_000 },
          async () => (await paymentCounts(peers)).v2 >= before.v2 + 10,
        );
        return (await paymentCounts(peers)).v1 === before.v1;
      });
      expect(Date.now() - writtenAt).toBeLessThan(5_000);
    } finally {
      await restoreWeights(peers);
    }
  });

  test('refuses weights that are all zero, with the words of istiod', async () => {
    const { status, body } = await writeWeights(peers, 0, 0);
    expect(status).toBe(400);
    expect(messageOf(body)).toContain('total destination weight = 0');
  });

  test('keeps the old routes when the proxies refuse what the API server took', async () => {
    const rejects = async () =>
      (await queryPrometheus(peers, 'sum(pilot_total_xds_rejects) or vector(0)'))[0]?.value;
    const before = await rejects();
    await using _validation = await withoutValidation(peers);
    expect((await writeWeights(peers, 0, 0)).status).toBe(200);
    try {
      await waitFor(
        'a rejection to be counted',
        { limitMs: 30_000 },
        async () => (await rejects()) !== before,
      );
      const { v2 } = await countPayments(peers, 200);
      expect(v2).toBeGreaterThan(0.1);
      expect(v2).toBeLessThan(0.5);
    } finally {
      await restoreWeights(peers);
    }
  });

  test('keeps the old routes while istiod is frozen, and takes the new ones when it wakes', async () => {
    {
      await using _frozen = await withFrozenIstiod(peers);
      expect((await writeWeights(peers, 0, 100)).status).toBe(200);
      const { v2 } = await countPayments(peers, 200);
      expect(v2).toBeLessThan(0.5);
    }
    try {
      await waitFor(
        'the write to arrive',
        { limitMs: 20_000 },
        async () => (await countPayments(peers, 20)).v2 === 1,
      );
    } finally {
      await restoreWeights(peers);
    }
  });
});

describe('Prometheus', () => {
  test('counts exactly the payments that the services counted', async () => {
    const cluster = 'outbound|8080|v2|payment.shop.svc.cluster.local';
    const series = `sum by (response_code_class) (envoy_cluster_upstream_rq{cluster_name="${cluster}",response_code_class!=""})`;
    /** Both counts of payment v2, taken while nothing moves. */
    const countsAtRest = async () => {
      await comeToRest(peers);
      const samples = await queryPrometheus(peers, series);
      const of = (code: string) =>
        samples.find(({ labels }) => labels['response_code_class'] === code)?.value ?? 0;
      const atService = (await countsAtServices(peers))['payment-v2'];
      return { atService: atService ?? { requests: NaN, failed: NaN }, ok: of('2xx'), failed: of('5xx') };
    };
    try {
      const before = await countsAtRest();
      await setMode(peers, 'payment-v2', { failRatio: 0.13 });
      await setLoad(peers, 100);
      await countPayments(peers, 400);
      const after = await countsAtRest();
      const failed = after.atService.failed - before.atService.failed;
      const requests = after.atService.requests - before.atService.requests;
      expect(failed).toBeGreaterThan(0);
      expect(after.failed - before.failed).toBe(failed);
      expect(after.ok - before.ok).toBe(requests - failed);
    } finally {
      await setMode(peers, 'payment-v2', { failRatio: 0 });
      await setLoad(peers, usualLoad);
    }
  });

  test('scrapes a target that a suite adds', async () => {
    const exposition = createHttpServer((_request, response) =>
      response.end('shop_customers{town="Ulm"} 42\n'),
    );
    exposition.listen(0, '127.0.0.1');
    await once(exposition, 'listening');
    const { port } = exposition.address() as AddressInfo;
    const labels = { fleet: 'test' };
    await addScrapeTarget(peers, { job: 'rehearsal', url: `http://127.0.0.1:${port}/metrics`, labels });
    const query = 'shop_customers{job="rehearsal",fleet="test",town="Ulm"}';
    await waitFor(
      'the added sample',
      { limitMs: 30_000 },
      async () => (await queryPrometheus(peers, query)).length > 0,
    );
    expect((await queryPrometheus(peers, query))[0]?.value).toBe(42);
    exposition.close();
    exposition.closeAllConnections();
  });

  test('names the pod, namespace and app of the proxy that counted', async () => {
    const samples = await queryPrometheus(
      peers,
      'count by (namespace, app, pod) (envoy_cluster_upstream_rq)',
    );
    const callers = samples
      .map(({ labels }) => `${labels['namespace']}/${labels['app']}/${labels['pod']}`)
      .sort();
    expect(callers).toEqual([`shop/edge/${peers.envoys?.edge.pod}`, `shop/order/${peers.envoys?.order.pod}`]);
  });
});

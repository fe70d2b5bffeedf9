import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { hostOf } from '../../../test/conformance/cluster.ts';
import { collectGarbage } from '../../../test/support/collectGarbage.ts';
import type { KnownProxy } from '../kit/connector.ts';
import { createApi } from './api.ts';
import { createProxies, type Proxies } from './proxies.ts';
import { createSightings } from './sightings.ts';

const signal = new AbortController().signal;

test('of proxies whose pods are gone nothing is kept that they counted', async () => {
  let [now, pod] = [0, 0];
  const stats = JSON.stringify({
    stats: Array.from({ length: 2_000 }, (_, i) => ({
      name: `cluster.${i}.upstream_rq_pending_overflow`,
      value: i,
    })),
  });
  const transport = {
    route: 'by port-forward',
    request: ({ path }: { readonly path: string }) =>
      Promise.resolve({ status: 200, headers: {}, body: path.startsWith('/stats') ? stats : '{}' }),
  };
  const proxies = {
    read: () => {
      const known = { namespace: 'shop', instance: `order-${pod}`, service: 'order', calls: [] };
      const info = { version: '1', state: 'LIVE', uptimeSeconds: 1, node: { id: '', cluster: '' } };
      const api = createApi(transport);
      const asked = [{ place: known.instance, address: null, known, api, info, startedAt: 0 }];
      return Promise.resolve({ asked, silent: [], unasked: [] });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  } satisfies Proxies;
  const sightings = createSightings(proxies, { now: () => now });
  const heapAfter = async (pods: number): Promise<number> => {
    for (const last = pod + pods; pod < last; pod += 1) {
      now += 60_000;
      await sightings.read(['order'], signal);
    }
    await collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = await heapAfter(20);
  const after = await heapAfter(200);
  expect((after - before) / 1024 / 1024, 'MiB').toBeLessThan(10);
  expect((await sightings.read(['order'], signal)).proxies).toEqual([]);
});

test('no connection is kept to a proxy that is not registered any more', async () => {
  const admin = createServer((_, answer) =>
    answer.end(JSON.stringify({ version: '1', state: 'LIVE', uptime_current_epoch: '9s' })),
  );
  admin.keepAliveTimeout = 0;
  admin.listen(0, '127.0.0.1');
  await once(admin, 'listening');
  onTestFinished(() => {
    admin.closeAllConnections();
    admin.close();
  });
  const open = (): Promise<number> =>
    new Promise((resolve, reject) => {
      admin.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
    });
  let registered: KnownProxy[] = [
    {
      namespace: 'default',
      instance: 'order-1',
      service: 'order',
      address: `http://127.0.0.1:${(admin.address() as AddressInfo).port}`,
      calls: [],
    },
  ];
  const lent = { proxies: () => registered };
  await using proxies = createProxies({ addresses: [], mayLeadTo: '127.0.0.0/8' }, hostOf(lent));
  expect((await proxies.read(signal)).asked).toHaveLength(1);
  expect(await open()).toBe(1);
  registered = [];
  await proxies.read(signal);
  await expect.poll(open).toBe(0);
});

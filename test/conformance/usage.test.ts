import { expect, test } from 'vitest';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { createUsageSource } from '../../shared/connectors/kubernetes/usage.ts';
import { PeerError } from '../../shared/connectors/kit/peerError.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import { createSampleStore, metricLabels } from '../../shared/rehearsal/prometheus/sampleStore.ts';
import { createTimeline } from '../../shared/rehearsal/prometheus/series.ts';
import { startPrometheus } from '../../shared/rehearsal/prometheus/server.ts';
import { createOriginTransport } from '../../shared/connectors/http/originTransport.ts';
import { hostOf } from './cluster.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';
import { countedBy, usageConformance, usagePod } from './usage.ts';

usageConformance('the rehearsal’s Prometheus', async () => {
  const store = createSampleStore();
  const now = Date.now();
  for (const job of ['kubelet', 'cadvisor']) {
    const timeline = createTimeline(100);
    const ats = Array.from({ length: 21 }, (_, i) => now - (20 - i) * 15_000);
    const series = countedBy(0).map(({ name, labels }) =>
      store.series(metricLabels(name, { ...labels, job }), timeline),
    );
    ats.forEach((at, i) => {
      timeline.push(at);
      countedBy(i * 15).forEach(({ value }, row) => series[row]?.append(value));
    });
  }
  const server = await startPrometheus({ store, now: () => now, metadata: {} }, { exposition: () => '' });
  const transport = await createOriginTransport({ address: server.url, headers: [] }, { ownPorts: () => [] });
  const session = await prometheus.open({}, hostOf({ transport }));
  if (session.usage === undefined) throw new Error('Prometheus tells no use');
  return {
    usage: session.usage,
    cpuOff: 0.001,
    isReady: () => Promise.resolve(true),
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      transport.close();
      await server.close();
    },
  };
});

test('a cluster without a metrics API says nothing of use, which is not zero', async () => {
  await using cluster = await startSimulatedCluster();
  await using session = await kubernetes.open(cluster.settings, hostOf());
  expect(await session.usage?.read([usagePod], AbortSignal.timeout(10_000))).toBeNull();
});

/** A metrics API that answers so; simulated, for no real one is at hand. */
function metricsApi(answer: (path: string) => Promise<unknown>) {
  let asked = 0;
  let now = 0;
  const read = (path: string): Promise<unknown> => {
    asked += 1;
    return answer(path);
  };
  const usage = createUsageSource({ read }, { clock: { now: () => now } });
  return {
    usage,
    asked: () => asked,
    later: (ms: number) => void (now += ms),
  };
}

const item = (name: string) => ({
  metadata: { name, namespace: 'usage' },
  containers: [{ name: 'payment', usage: { cpu: '250123456n', memory: '512Mi' } }],
});

test('a metrics API’s quantities are read, of the instances that are meant', async () => {
  const { usage } = metricsApi(() =>
    Promise.resolve({ kind: 'PodMetricsList', items: [item('payment-v1-0'), item('other')] }),
  );
  const read = await usage.read([usagePod], AbortSignal.timeout(1_000));
  expect(read?.uses).toEqual([
    {
      ...usagePod,
      container: 'payment',
      cpuCores: 0.250123456,
      memoryBytes: 512 * 2 ** 20,
      throttledRatio: null,
    },
  ]);
});

test('a metrics API that may not be read is left alone for a while', async () => {
  const api = metricsApi(() => Promise.reject(new PeerError('forbidden', 'You may not.', { status: 403 })));
  const read = () => api.usage.read([usagePod], AbortSignal.timeout(1_000));
  expect(await read()).toBeNull();
  expect(await read()).toBeNull();
  expect(api.asked()).toBe(1);
  api.later(301_000);
  expect(await read()).toBeNull();
  expect(api.asked()).toBe(2);
});

test('a namespace that may not be read keeps nobody from the figures of others, and is said once there are some', async () => {
  const refused = { namespace: 'secret', name: 'ledger-0' };
  const api = metricsApi((path) =>
    path.includes('/usage/')
      ? Promise.resolve({ items: [item(usagePod.name)] })
      : Promise.reject(new PeerError('forbidden', 'You may not read secret.', { status: 403 })),
  );
  const read = (...instances: (typeof usagePod)[]) => api.usage.read(instances, AbortSignal.timeout(1_000));
  // Until somebody has answered, nobody may serve it: no right is missing then.
  expect(await read(refused)).toBeNull();
  const both = await read(refused, usagePod);
  expect(both?.uses.map(({ name }) => name)).toEqual([usagePod.name]);
  expect(both?.problems).toEqual(['You may not read secret.']);
  expect((await read(usagePod))?.problems).toEqual([]);
  expect(await read(refused)).toMatchObject({ uses: [], problems: ['You may not read secret.'] });
  expect(api.asked()).toBe(3);
});

test('a metrics API that has too much to do is asked again soon', async () => {
  const answers = [Promise.reject(new PeerError('busy', 'Too much to do.', { status: 503 }))];
  const api = metricsApi(() => answers.shift() ?? Promise.resolve({ items: [item(usagePod.name)] }));
  const read = () => api.usage.read([usagePod], AbortSignal.timeout(1_000));
  expect(await read()).toBeNull();
  api.later(30_000);
  expect((await read())?.uses).toHaveLength(1);
});

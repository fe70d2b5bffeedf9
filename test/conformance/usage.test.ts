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
function metricsApi(answer: () => Promise<unknown>) {
  let asked = 0;
  let now = 0;
  const read = (): Promise<unknown> => {
    asked += 1;
    return answer();
  };
  const usage = createUsageSource({ read }, { clock: { now: () => now } });
  return {
    usage,
    asked: () => asked,
    later: (ms: number) => void (now += ms),
  };
}

test('a metrics API’s quantities are read, of the instances that are meant', async () => {
  const item = (name: string) => ({
    metadata: { name, namespace: 'usage' },
    containers: [{ name: 'payment', usage: { cpu: '250123456n', memory: '512Mi' } }],
  });
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

import { expect, test } from 'vitest';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import { createSampleStore, metricLabels } from '../../shared/rehearsal/prometheus/sampleStore.ts';
import { createTimeline } from '../../shared/rehearsal/prometheus/series.ts';
import { startPrometheus } from '../../shared/rehearsal/prometheus/server.ts';
import { createOriginTransport } from '../../shared/connectors/http/originTransport.ts';
import { hostOf } from './cluster.ts';
import { type DialectsUnderTest, dialectsConformance, expectCalls, foldOf } from './dialects.ts';
import { nginxPlusIngress } from './edgeFamilies.ts';
import type { MetricFamily } from './metricFamily.ts';
import { linkerdRoutes, olderHubble } from './meshFamilies.ts';
import { families } from './metricFamilies.ts';
import { olderServiceGraph } from './programFamilies.ts';
import { refusals } from './refusalFamily.ts';

const now = Date.UTC(2026, 10, 22, 12);
const scrapeMs = 2_000;
const scrapes = 45;

/** The simulator's Prometheus, holding a minute and a half of what the families expose. */
async function openSimulator(held: readonly MetricFamily[]): Promise<DialectsUnderTest> {
  const store = createSampleStore();
  const timeline = createTimeline(scrapes);
  const series = held.flatMap((family) =>
    family.series.map(({ metric, labels, perSecond }) => ({
      perSecond,
      own: store.series(metricLabels(metric, labels), timeline),
    })),
  );
  for (let i = 0; i < scrapes; i += 1) {
    timeline.push(now - (scrapes - 1 - i) * scrapeMs);
    for (const { own, perSecond } of series) own.append((perSecond * i * scrapeMs) / 1_000);
  }
  const server = await startPrometheus({ store, now: () => now, metadata: {} }, { exposition: () => '' });
  const host = hostOf({}, { now: () => now, sleep: () => Promise.resolve() });
  const transport = await createOriginTransport({ address: server.url, headers: [] }, host);
  const session = await prometheus.open({}, { ...host, lent: { transport } });
  return {
    session,
    windowSeconds: 60,
    tolerance: 0.02,
    now: () => now,
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      transport.close();
      await server.close();
    },
  };
}

dialectsConformance('the simulator', openSimulator);

test.each([
  ['the older handler of Hubble', olderHubble],
  ['a service graph in milliseconds', olderServiceGraph],
  ['Linkerd by its routes alone', linkerdRoutes],
  ['NGINX Plus without times', nginxPlusIngress],
])('%s is read', async (_, family) => {
  await using peer = await openSimulator([family]);
  const read = await peer.session.signals?.read(peer.windowSeconds, AbortSignal.timeout(10_000));
  expect(read?.problems).toEqual([]);
  expectCalls(foldOf(read === undefined ? [] : [read]), family, peer.tolerance);
});

test('what goes through a queue is told apart', async () => {
  await using peer = await openSimulator(families.filter(({ title }) => title.endsWith('service graph')));
  const read = await peer.session.signals?.read(peer.windowSeconds, AbortSignal.timeout(10_000));
  const { calls } = foldOf(read === undefined ? [] : [read]);
  expect(calls.filter((call) => call.asynchronous).map(({ calleeId }) => calleeId)).toEqual([
    'c/market/audit',
  ]);
});

const bare = (metric: string, labels: Readonly<Record<string, string>>, perSecond = 4): MetricFamily => ({
  title: metric,
  series: [{ metric, labels, perSecond }],
  calls: {},
});

test.each([
  [
    'Hubble without any context',
    bare('hubble_http_requests_total', { method: 'GET', protocol: 'HTTP/1.1', status: '200' }),
    /Hubble’s metrics do not say who calls whom: give `httpV2` a labelsContext/,
  ],
  [
    'Kong without its ingress controller',
    bare('kong_http_requests_total', { service: 'api.bank.example', route: 'bank', code: '200' }),
    /Kong names its own Services/,
  ],
  [
    'servers alone',
    bare('http_server_requests_seconds_count', { namespace: 'market', service: 'web', status: '200' }),
    /Services count what they are asked, but nothing in Prometheus says who asks them/,
  ],
  ['none of them', bare('up', { job: 'node' }), /Nothing in Prometheus says who calls whom/],
])('%s: that callers are not known is said', async (_, family, words) => {
  await using peer = await openSimulator([family]);
  const read = await peer.session.signals?.read(peer.windowSeconds, AbortSignal.timeout(10_000));
  expect(read?.problems.join('\n')).toMatch(words);
});

test.each([
  ['far more than traces', 10, 'OpenTelemetry HTTP client metrics'],
  ['about as much as traces', 1, 'OpenTelemetry service graph'],
])('a chart and the map show whose figures they are where callers count %s', async (_, perSecond, title) => {
  const client = {
    ...{ job: 'kubernetes-pods', namespace: 'market', app: 'web', pod: 'web-5c9d7-x2x4z' },
    ...{ server_address: 'search.market.svc.cluster.local', http_response_status_code: '200' },
  };
  await using peer = await openSimulator([
    bare('http_client_request_duration_seconds_count', client, perSecond),
    bare('traces_service_graph_request_total', { client: 'web', server: 'search', connection_type: '' }, 1),
  ]);
  const read = await peer.session.signals?.read(peer.windowSeconds, AbortSignal.timeout(10_000));
  const folded = foldOf(read === undefined ? [] : [read, ...(read.beside ?? [])]);
  const [call] = folded.callSignals.values();
  expect(call?.counted?.by).toMatch(new RegExp(` · ${title}$`));
  const chart = await peer.session.signals?.series(
    {
      scope: {
        hosts: ['search.market.svc.cluster.local', 'search'],
        service: { namespace: 'market', name: 'search' },
        countedBy: folded.serviceSignals.get('c/market/search')?.countedBy ?? '',
      },
      ...{ from: now - 10_000, to: now, stepSeconds: 5, windowSeconds: 30, latency: false },
    },
    AbortSignal.timeout(10_000),
  );
  expect(chart?.source).toBe(call?.counted?.by);
  expect(chart?.lines[0]?.requestsPerSecond.at(-1)).toBeCloseTo(perSecond, 1);
});

test('a chart leaves out the namesake in another namespace', async () => {
  const to = (namespace: string, perSecond: number) => ({
    metric: 'istio_requests_total',
    labels: {
      reporter: 'destination',
      source_workload: 'web',
      source_workload_namespace: 'market',
      destination_workload: 'payment',
      destination_workload_namespace: namespace,
      destination_service: `payment.${namespace}.svc.cluster.local`,
      destination_service_name: 'payment',
      response_code: '200',
    },
    perSecond,
  });
  await using peer = await openSimulator([
    { title: 'Istio metrics', series: [to('market', 3), to('shop', 40)], calls: {} },
  ]);
  const read = await peer.session.signals?.series(
    {
      scope: {
        hosts: ['payment.market.svc.cluster.local', 'payment'],
        service: { namespace: 'market', name: 'payment' },
      },
      ...{ from: now - 10_000, to: now, stepSeconds: 5, windowSeconds: 30, latency: false },
    },
    AbortSignal.timeout(10_000),
  );
  expect(read?.lines).toHaveLength(1);
  expect(read?.lines[0]?.requestsPerSecond.at(-1)).toBeCloseTo(3, 1);
});

test('what policies refused at a callee is read when asked, by whose figures and of which caller', async () => {
  await using peer = await openSimulator([refusals]);
  // How often it scrapes is known from a reading.
  await peer.session.signals?.read(peer.windowSeconds, AbortSignal.timeout(10_000));
  const judge = (callee: string, caller: string) =>
    peer.session.denials?.judge(
      {
        callee: { namespace: 'market', name: callee, hosts: [], workloads: [callee] },
        caller: { namespace: 'market', name: caller, workloads: [caller] },
        protocol: 'http',
      },
      AbortSignal.timeout(10_000),
    );
  expect(await judge('cart', 'web')).toMatchObject({
    outcome: 'maybe',
    text: '3.0 calls/s to cart are refused by Linkerd at Server market/cart-http: from web.market.',
    notes: [
      '1.0 calls/s to cart are refused by Linkerd by its default policy “deny”: from a caller without identity.',
      expect.stringContaining('403'),
    ],
  });
  expect(await judge('stock', 'web')).toMatchObject({
    outcome: 'denied',
    text: '12 packets/s from market/web to stock are dropped by a network policy.',
    notes: [expect.stringContaining('time out')],
  });
  // Dropped by contexts alone, as older releases name the reason.
  expect(await judge('audit', 'web')).toMatchObject({
    outcome: 'denied',
    text: '5.0 packets/s from market/web-5c9d7-x2x4z to audit are dropped by a network policy.',
  });
  // Web's are told at web's call; nothing is said of a callee at which nobody counts.
  expect(await judge('stock', 'search')).toBeNull();
  expect(await judge('payment', 'web')).toBeNull();
  expect(await judge('search', 'web')).toMatchObject({
    outcome: 'admitted',
    text: 'Proxies counted no refused call to search in the last 60 s.',
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PeersCoordinates } from '../coordinates.ts';
import { queryPrometheus } from '../measure.ts';
import { waitFor } from '../start/processes.ts';
import type { Asker, Recorder } from './recorder.ts';

const requests = 'envoy_cluster_upstream_rq{response_code_class!="",cluster_name=~"outbound.*payment.*"}';

/** Prometheus's HTTP API: every result type, and its ways of saying no. */
export async function recordPrometheus(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  if (peers.prometheus === null) return;
  const asker: Asker = { url: peers.prometheus.url, user: 'anyone' };
  const read = (name: string, path: string, parameters: Readonly<Record<string, string>> = {}) =>
    recorder.record(name, asker, { path: `/api/v1/${path}?${new URLSearchParams(parameters)}` });
  await waitFor(
    'twenty seconds of samples',
    { limitMs: 60_000 },
    async () => (await queryPrometheus(peers, `min(count_over_time(${requests}[20s])) >= 9`)).length > 0,
  );
  const now = Math.floor(Date.now() / 1_000);
  const range = { start: String(now - 12), end: String(now), step: '4' };

  await read('buildinfo', 'status/buildinfo');
  await read('query-vector', 'query', { query: requests });
  await read('query-rate', 'query', {
    query: `sum by (app, cluster_name, response_code_class) (rate(${requests}[10s]))`,
  });
  const quantile = 'histogram_quantile(0.9, sum by (le) (rate(envoy_cluster_upstream_rq_time_bucket[10s])))';
  await read('query-quantile', 'query', { query: quantile });
  await read('query-matrix', 'query', { query: 'up{app="edge"}[8s]' });
  await read('query-scalar', 'query', { query: 'scalar(vector(7))' });
  await read('query-string', 'query', { query: '"seven"' });
  await read('query-not-a-number', 'query', { query: 'vector(0) / vector(0)' });
  await read('query-infinite', 'query', { query: 'vector(1) / vector(0)' });
  await read('query-empty', 'query', { query: 'no_such_series' });
  await read('query-at-time', 'query', { query: 'up{app="edge"}', time: String(now - 4) });
  await read('query-bad-syntax', 'query', { query: 'sum(up' });
  await read('query-bad-time', 'query', { query: 'up', time: 'yesterday' });
  await read('query-missing', 'query');
  await read('query-many-to-many', 'query', { query: 'up * on (job) up' });
  await recorder.record('query-post', asker, {
    method: 'POST',
    path: '/api/v1/query',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ query: 'count(up)' }).toString(),
  });
  await read('range', 'query_range', { query: `sum by (app) (rate(${requests}[10s]))`, ...range });
  await read('range-empty', 'query_range', { query: 'no_such_series', ...range });
  await read('range-too-many-points', 'query_range', {
    query: 'up',
    start: '0',
    end: String(now),
    step: '1',
  });
  await read('range-bad-order', 'query_range', { query: 'up', start: String(now), end: '0', step: '4' });
  await read('range-bad-step', 'query_range', { query: 'up', ...range, step: '0' });
  await read('labels', 'labels', { 'match[]': requests });
  await read('label-values', 'label/namespace/values');
  await read('label-values-unknown', 'label/nonsense/values');
  await read('series', 'series', { 'match[]': requests, start: range.start, end: range.end });
  await read('series-without-match', 'series');
  await read('metadata', 'metadata', { metric: 'envoy_cluster_upstream_rq' });
  await read('path-unknown', 'nonsense');
  await recordRuledAlerts(recorder, peers);
}

/** Alerts of a Prometheus' own rules: none, one that fires, one that waits for its time. */
export async function recordRuledAlerts(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  const { prometheus, runDir } = peers;
  if (prometheus === null) return;
  const asker: Asker = { url: prometheus.url, user: 'anyone' };
  const path = '/api/v1/alerts';
  await recorder.record('alerts-none', asker, { path });
  const file = join(runDir, 'prometheus', 'rules', 'recorded.json');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ groups: [{ name: 'recorded', interval: '1s', rules: ruled }] }));
  const reload = await fetch(`${prometheus.url}/-/reload`, { method: 'POST' });
  if (!reload.ok) throw new Error(`reloading the rules: ${reload.status} ${await reload.text()}`);
  await waitFor('both alerts', { limitMs: 30_000 }, async () => {
    const { data } = (await (await fetch(prometheus.url + path)).json()) as { data: { alerts: unknown[] } };
    return data.alerts.length === ruled.length;
  });
  await recorder.record('alerts', asker, { path });
}

const ruled = [
  {
    alert: 'PaymentFails',
    expr: 'vector(0.25)',
    labels: { severity: 'critical', namespace: 'shop', service: 'payment' },
    annotations: { summary: 'payment fails', share: '{{ $value }}' },
  },
  { alert: 'PaymentSlow', expr: 'vector(1800)', for: '1h', labels: { namespace: 'shop' } },
];

/** What istiod says about the proxies it serves. */
export async function recordIstiod(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  if (peers.istiod === null) return;
  const asker: Asker = { url: peers.istiod.debugUrl, user: 'anyone' };
  await recorder.record('syncz', asker, { path: '/debug/syncz' });
  await recorder.record('version', { url: peers.istiod.metricsUrl, user: 'anyone' }, { path: '/version' });
}

/** What the gateway's Envoy has loaded and counted. */
export async function recordEnvoy(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  if (peers.envoys === null) return;
  const asker: Asker = { url: peers.envoys.edge.adminUrl, user: 'anyone' };
  await recorder.record('routes', asker, { path: '/config_dump?resource=dynamic_route_configs' });
  await recorder.record('stats-prometheus', asker, {
    path: `/stats/prometheus?usedonly&filter=${encodeURIComponent('^cluster\\.outbound.*payment.*upstream_(rq|cx)')}`,
  });
  await recorder.record('ready', asker, { path: '/ready' });
  await recordRuntime(recorder, asker);
}

/** What an Envoy with a layer that is set while it runs makes of values, one key of its own and one of nobody's. */
async function recordRuntime(recorder: Recorder, asker: Asker): Promise<void> {
  const limit = 'circuit_breakers.outbound|8080|v1|payment.shop.svc.cluster.local.default.max_requests';
  const set = (name: string, pairs: readonly (readonly [string, string])[]) =>
    recorder.record(name, asker, {
      method: 'POST',
      path: '/runtime_modify',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&'),
    });
  await recorder.record('runtime-empty', asker, { path: '/runtime' });
  await set('runtime-set', [
    [limit, '0'],
    ['podium-held.payment', '{"by":"jo & co","share":"1+1 = 100 %","reason":"\u00fcber"}'],
  ]);
  await recorder.record('runtime-held', asker, { path: '/runtime' });
  await set('runtime-reset', [
    [limit, ''],
    ['podium-held.payment', ''],
    ['podium-held.nobody', ''],
  ]);
  await recorder.record('runtime-after', asker, { path: '/runtime' });
  await recorder.record('runtime-nothing', asker, { method: 'POST', path: '/runtime_modify' });
  await recorder.record('runtime-set-by-get', asker, { path: '/runtime_modify?podium-held.payment=1' });
}

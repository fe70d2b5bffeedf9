import type { Family } from '../prometheus/exposition.ts';
import { metricLabels, type SampleStore } from '../prometheus/sampleStore.ts';
import { createTimeline, type Series } from '../prometheus/series.ts';
import { bucketNames } from '../scraper.ts';
import type { RequestRow } from '../traffic/counters.ts';
import { envoyMetrics, type EnvoyMetric } from '../traffic/envoyMetrics.ts';
import type { EnvoyRow } from '../traffic/envoyStats.ts';
import type { Traffic } from '../traffic/model.ts';
import type { ConsulState } from './state.ts';

type Labels = Readonly<Record<string, string>>;

const requests = 'envoy_cluster_upstream_rq';
const time = 'envoy_cluster_upstream_rq_time';

/** Of a proxy's own statistics those that tell of limits, ejections and tries; tries that were refused a place are no requests. */
const kept: readonly EnvoyMetric[] = envoyMetrics.filter(({ stat }) =>
  /^(?:upstream_rq_(?:total|pending_overflow|retry|timeout)|circuit_breakers\.default\.\w+_open|outlier_detection\..+)$/.test(
    stat,
  ),
);

/** Help and types of the metrics that the sidecars have. */
export const consulMetricMetadata: Readonly<
  Record<string, { readonly type: 'counter' | 'gauge' | 'histogram'; readonly help: string }>
> = {
  [requests]: { type: 'counter', help: 'Responses by their code.' },
  [`${requests}_xx`]: { type: 'counter', help: 'Responses by the class of their code.' },
  [time]: { type: 'histogram', help: 'How long requests took, in milliseconds.' },
  ...Object.fromEntries(kept.map(({ name, type, help }) => [name, { type, help }])),
};

/** One cluster of one caller's sidecar: the counters of several outcomes, added up. */
interface Cluster {
  readonly pod: string;
  readonly labels: Labels;
  readonly rows: RequestRow[];
}

/** What the callers' sidecars count by cluster, labelled as Consul's bootstrap has Envoy label it. */
interface Clusters {
  now(): Iterable<Cluster>;
  /** Each proxy's own statistics of its clusters. */
  rows(): Iterable<{ readonly row: EnvoyRow; readonly labels: Labels }>;
}

function createClusters(state: ConsulState, traffic: Traffic): Clusters {
  const clusters = new Map<string, Cluster>();
  const seen = new Set<RequestRow>();
  const addresses = () =>
    new Map(traffic.mesh().pods.map(({ id, address, labels }) => [id, { address, labels }]));
  return {
    now() {
      const pods = addresses();
      for (const row of traffic.counters.requests()) {
        if (seen.has(row)) continue;
        const pod = pods.get(row.reporter);
        if (row.labels['reporter'] !== 'source' || pod === undefined) continue;
        seen.add(row);
        const labels = labelsOf(state, `outbound|80|${row.labels['cluster'] ?? ''}`, pod);
        if (labels === null) continue;
        const key = `${row.reporter} ${labels['consul_destination_target']}`;
        const known = clusters.get(key);
        if (known === undefined) clusters.set(key, { pod: row.reporter, labels, rows: [row] });
        else known.rows.push(row);
      }
      // The counters of a sidecar go with it.
      return [...clusters.values()].filter(({ pod }) => pods.has(pod));
    },
    rows() {
      const pods = addresses();
      return traffic.envoyRows().flatMap((row) => {
        const pod = pods.get(row.reporter);
        const labels = pod === undefined ? null : labelsOf(state, row.labels['cluster_name'] ?? '', pod);
        return labels === null ? [] : [{ row, labels }];
      });
    },
  };
}

/** Calls `add` with each metric of a cluster, always in the same order for the same outcomes. */
function count({ rows }: Cluster, add: (name: string, more: Labels, value: number) => void): void {
  const byCode = new Map<string, number>();
  const byClass = new Map<string, number>();
  const buckets = new Float64Array(bucketNames.length);
  let total = 0;
  let sumMs = 0;
  for (const row of rows) {
    const code = row.labels['response_code'] ?? '0';
    // A caller that went away before the answer came leaves no code.
    if (code === '0') continue;
    byCode.set(code, (byCode.get(code) ?? 0) + row.count);
    byClass.set(code.slice(0, 1), (byClass.get(code.slice(0, 1)) ?? 0) + row.count);
    // What its own proxy refused took no time upstream.
    if (['UO', 'UH', 'NC'].includes(row.labels['response_flags'] ?? '')) continue;
    total += row.count;
    sumMs += row.sumMs;
    for (let index = 0; index < buckets.length; index += 1)
      buckets[index] = (buckets[index] ?? 0) + (row.buckets[index] ?? 0);
  }
  for (const [code, value] of byCode) add(requests, { envoy_response_code: code }, value);
  for (const [digit, value] of byClass) add(`${requests}_xx`, { envoy_response_code_class: digit }, value);
  let below = 0;
  bucketNames.forEach((le, index) => {
    below += buckets[index] ?? 0;
    add(`${time}_bucket`, { le }, below);
  });
  add(`${time}_sum`, {}, sumMs);
  add(`${time}_count`, {}, total);
}

/** A cluster's name as the traffic model has it, which Consul's own is the same as but for the order of its parts. */
const clusterName =
  /^(?:(failover-target~\d+)~)?outbound\|\d*\|([^|]*)\|([^.]+)\.default\.svc\.cluster\.local$/;

/** As Consul's bootstrap takes a cluster's name apart; null for one that is no service of this data centre. */
function labelsOf(
  { datacenter }: ConsulState,
  name: string,
  { address, labels }: { readonly address: string; readonly labels: Labels },
): Record<string, string> | null {
  const [, hash = '', subset = '', service] = clusterName.exec(name) ?? [];
  if (service === undefined) return null;
  const source = labels['app'] ?? '';
  const part = `${hash === '' ? '' : `${hash}~`}${subset}`;
  return {
    job: 'consul-envoy',
    instance: `${address}:9102`,
    local_cluster: source,
    consul_source_service: source,
    consul_source_namespace: 'default',
    consul_source_partition: 'default',
    consul_source_datacenter: datacenter,
    ...(hash === '' ? {} : { consul_destination_custom_hash: hash }),
    consul_destination_service: service,
    consul_destination_service_subset: subset,
    consul_destination_namespace: 'default',
    consul_destination_datacenter: datacenter,
    consul_destination_routing_type: 'internal',
    consul_destination_target: `${part === '' ? '' : `${part}.`}${service}.default.${datacenter}`,
    envoy_cluster_name: part === '' ? service : part,
  };
}

/** Brings the sidecars' counters into a sample store, as a Prometheus that scrapes each of them would. */
export function createConsulScraper(options: {
  readonly state: ConsulState;
  readonly traffic: Traffic;
  readonly store: SampleStore;
  readonly intervalMs: number;
  readonly keep: number;
}): { scrape(atMs: number): void } {
  const { state, traffic, store, intervalMs, keep } = options;
  const timeline = createTimeline(keep);
  const clusters = createClusters(state, traffic);
  const series = new Map<string, Map<string, Series>>();
  let last = Number.NEGATIVE_INFINITY;
  const append = (owner: string, name: string, labels: Labels, more: Labels, value: number): void => {
    const own = series.get(owner) ?? new Map<string, Series>();
    series.set(owner, own);
    const key = `${name} ${Object.values(more).join()}`;
    let one = own.get(key);
    if (one === undefined)
      own.set(key, (one = store.series(metricLabels(name, { ...labels, ...more }), timeline)));
    one.append(value);
  };
  return {
    scrape(atMs) {
      const turn = Math.floor(atMs / intervalMs);
      if (turn <= last) return;
      last = turn;
      timeline.push(atMs);
      for (const { id, address, proxyConfig } of traffic.mesh().pods)
        if (proxyConfig !== null)
          append(id, 'up', { job: 'consul-envoy', instance: `${address}:9102` }, {}, 1);
      for (const cluster of clusters.now()) {
        const owner = `${cluster.pod} ${cluster.labels['consul_destination_target']}`;
        count(cluster, (name, more, value) => append(owner, name, cluster.labels, more, value));
      }
      for (const { row, labels } of clusters.rows()) {
        const now = row.look();
        for (const { name, of } of kept) append(row.key, name, labels, {}, of(now));
      }
    },
  };
}

/** The sidecars' counters as they stand, for the text format. */
export function consulFamilies(state: ConsulState, traffic: Traffic): Family[] {
  const samples: { name: string; labels: Labels; value: number }[] = [];
  const clusters = createClusters(state, traffic);
  for (const { row, labels } of clusters.rows()) {
    const now = row.look();
    for (const { name, of } of kept) samples.push({ name, labels, value: of(now) });
  }
  for (const cluster of clusters.now())
    count(cluster, (name, more, value) =>
      samples.push({ name, labels: { ...cluster.labels, ...more }, value }),
    );
  return Object.entries(consulMetricMetadata).map(([name, { type, help }]) => ({
    name,
    type,
    help,
    samples: samples.filter((one) =>
      type === 'histogram' ? one.name.startsWith(`${name}_`) : one.name === name,
    ),
  }));
}

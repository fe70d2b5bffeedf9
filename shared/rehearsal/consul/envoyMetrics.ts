import type { Family } from '../prometheus/exposition.ts';
import { metricLabels, type SampleStore } from '../prometheus/sampleStore.ts';
import { createTimeline, type Series } from '../prometheus/series.ts';
import { bucketNames } from '../scraper.ts';
import type { RequestRow } from '../traffic/counters.ts';
import type { Traffic } from '../traffic/model.ts';
import { subsetsOf } from './mirror.ts';
import type { ConsulState } from './state.ts';

type Labels = Readonly<Record<string, string>>;

const requests = 'envoy_cluster_upstream_rq';
const time = 'envoy_cluster_upstream_rq_time';

/** Help and types of the metrics that the sidecars have. */
export const consulMetricMetadata: Readonly<
  Record<string, { readonly type: 'counter' | 'histogram'; readonly help: string }>
> = {
  [requests]: { type: 'counter', help: 'Responses by their code.' },
  [`${requests}_xx`]: { type: 'counter', help: 'Responses by the class of their code.' },
  [`${requests}_total`]: { type: 'counter', help: 'Requests.' },
  [time]: { type: 'histogram', help: 'How long requests took, in milliseconds.' },
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
}

function createClusters(state: ConsulState, traffic: Traffic): Clusters {
  const clusters = new Map<string, Cluster>();
  const seen = new Set<RequestRow>();
  return {
    now() {
      const addresses = new Map(traffic.mesh().pods.map((pod) => [pod.id, pod.address]));
      for (const row of traffic.counters.requests()) {
        if (seen.has(row)) continue;
        const address = addresses.get(row.reporter);
        if (row.labels['reporter'] !== 'source' || address === undefined) continue;
        seen.add(row);
        const labels = labelsOf(state, row.labels, address);
        const key = `${row.reporter} ${labels['consul_destination_target']}`;
        const known = clusters.get(key);
        if (known === undefined) clusters.set(key, { pod: row.reporter, labels, rows: [row] });
        else known.rows.push(row);
      }
      // The counters of a sidecar go with it.
      return [...clusters.values()].filter(({ pod }) => addresses.has(pod));
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
    total += row.count;
    sumMs += row.sumMs;
    for (let index = 0; index < buckets.length; index += 1)
      buckets[index] = (buckets[index] ?? 0) + (row.buckets[index] ?? 0);
  }
  for (const [code, value] of byCode) add(requests, { envoy_response_code: code }, value);
  for (const [digit, value] of byClass) add(`${requests}_xx`, { envoy_response_code_class: digit }, value);
  add(`${requests}_total`, {}, total);
  let below = 0;
  bucketNames.forEach((le, index) => {
    below += buckets[index] ?? 0;
    add(`${time}_bucket`, { le }, below);
  });
  add(`${time}_sum`, {}, sumMs);
  add(`${time}_count`, {}, total);
}

function labelsOf(state: ConsulState, labels: Labels, address: string): Record<string, string> {
  const source = labels['source_canonical_service'] ?? '';
  const destination = (labels['destination_service'] ?? '').split('.')[0] ?? '';
  const version = labels['destination_version'];
  // A request that reached nobody was of no subset that its metrics would tell.
  const subset = [...subsetsOf(state, destination)].find(([, selects]) => selects === version)?.[0] ?? '';
  return {
    job: 'consul-envoy',
    instance: `${address}:9102`,
    local_cluster: source,
    consul_source_service: source,
    consul_source_namespace: 'default',
    consul_source_partition: 'default',
    consul_source_datacenter: state.datacenter,
    consul_destination_service: destination,
    consul_destination_service_subset: subset,
    consul_destination_namespace: 'default',
    consul_destination_partition: 'default',
    consul_destination_datacenter: state.datacenter,
    consul_destination_routing_type: 'internal',
    consul_destination_target: `${subset === '' ? '' : `${subset}.`}${destination}.default.${state.datacenter}`,
    envoy_cluster_name: subset === '' ? destination : subset,
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
      for (const { id, address } of traffic.mesh().pods)
        append(id, 'up', { job: 'consul-envoy', instance: `${address}:9102` }, {}, 1);
      for (const cluster of clusters.now()) {
        const owner = `${cluster.pod} ${cluster.labels['consul_destination_target']}`;
        count(cluster, (name, more, value) => append(owner, name, cluster.labels, more, value));
      }
    },
  };
}

/** The sidecars' counters as they stand, for the text format. */
export function consulFamilies(state: ConsulState, traffic: Traffic): Family[] {
  const samples: { name: string; labels: Labels; value: number }[] = [];
  for (const cluster of createClusters(state, traffic).now())
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

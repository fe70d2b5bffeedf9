import { addLabels, createLabels } from './prometheus/labels.ts';
import type { SampleStore } from './prometheus/sampleStore.ts';
import { metricLabels } from './prometheus/sampleStore.ts';
import { createTimeline, type Series, type Timeline } from './prometheus/series.ts';
import { containerUse } from './traffic/containerUse.ts';
import { durationBounds, type RequestRow, type TcpRow } from './traffic/counters.ts';
import { countedElsewhere } from './traffic/countedElsewhere.ts';
import { scrapeLabels } from './traffic/identity.ts';
import type { Traffic } from './traffic/model.ts';

/** Brings the fleet's counters into the sample store, as a Prometheus that scrapes each pod would. */
export interface Scraper {
  /** Scrapes the targets whose turn it is; targets take turns within the interval. */
  scrape(atMs: number): void;
}

/** In how many turns the targets of one interval are scraped. */
const turns = 5;

/** `keep` is how many scrapes of a target are remembered. */
export function createScraper(options: {
  readonly traffic: Traffic;
  readonly store: SampleStore;
  readonly intervalMs: number;
  readonly keep: number;
}): Scraper {
  const { traffic, store, intervalMs, keep } = options;
  const timelines: readonly Timeline[] = Array.from({ length: turns }, () => createTimeline(keep));
  const requestSeries = new Map<RequestRow, readonly Series[]>();
  const tcpSeries = new Map<TcpRow, readonly Series[]>();
  const single = new Map<string, Series>();
  let lastTurn = Number.NEGATIVE_INFINITY;

  const scrapeTurn = (turn: number, atMs: number): void => {
    const timeline = timelines[turn];
    if (timeline === undefined) return;
    timeline.push(atMs);
    const one = (name: string, labels: Readonly<Record<string, string>>, value: number): void => {
      const key = `${name}|${Object.values(labels).join('|')}`;
      let series = single.get(key);
      if (series === undefined)
        single.set(key, (series = store.series(metricLabels(name, labels), timeline)));
      series.append(value);
    };
    const present = new Set<string>();
    for (const pod of traffic.mesh().pods) {
      if (turnOf(pod.id) !== turn || pod.labels['security.istio.io/tlsMode'] === undefined) continue;
      present.add(pod.id);
      one('up', scrapeLabels(pod), 1);
    }
    for (const row of traffic.counters.requests()) {
      if (!present.has(row.reporter)) continue;
      let series = requestSeries.get(row);
      if (series === undefined) requestSeries.set(row, (series = seriesOfRequests(row, store, timeline)));
      appendRequests(row, series);
    }
    for (const row of traffic.counters.connections()) {
      if (!present.has(row.reporter)) continue;
      let series = tcpSeries.get(row);
      if (series === undefined) {
        series = tcpMetrics.map(({ name }) => store.series(metricLabels(name, row.labels), timeline));
        tcpSeries.set(row, series);
      }
      series.forEach((line, index) => line.append(tcpMetrics[index]?.read(row) ?? Number.NaN));
    }
    for (const { key, reporter, labels, metrics, look } of traffic.envoyRows()) {
      if (!present.has(reporter)) continue;
      const now = look();
      for (const { name, of } of metrics) {
        const seriesKey = `${name}|${key}`;
        let series = single.get(seriesKey);
        if (series === undefined)
          single.set(seriesKey, (series = store.series(metricLabels(name, labels), timeline)));
        series.append(of(now));
      }
    }
    if (turn > 0) return;
    for (const { name, labels, read } of clusterMetrics(traffic)) one(name, labels, read);
    for (const { name, labels, value } of countedElsewhere(traffic)) one(name, labels, value);
    for (const { name, labels, value } of containerUse(
      traffic.mesh().pods,
      traffic.counters.requests(),
      atMs,
    ))
      one(name, labels, value);
  };

  return {
    scrape(atMs) {
      const now = Math.floor(atMs / (intervalMs / turns));
      if (now <= lastTurn) return;
      lastTurn = now;
      scrapeTurn(now % turns, atMs);
    },
  };
}

/** Counters of TCP connections, by their names in Istio's standard metrics. */
export const tcpMetrics: readonly { readonly name: string; readonly read: (row: TcpRow) => number }[] = [
  { name: 'istio_tcp_sent_bytes_total', read: (row) => row.sentBytes },
  { name: 'istio_tcp_received_bytes_total', read: (row) => row.receivedBytes },
  { name: 'istio_tcp_connections_opened_total', read: (row) => row.opened },
  { name: 'istio_tcp_connections_closed_total', read: (row) => row.closed },
];

/** What is not reported by a sidecar: the control plane's own counters and the broker's. */
export function clusterMetrics(
  traffic: Traffic,
): { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly read: number }[] {
  const istiod = { job: 'istiod', instance: 'istiod:15014', namespace: 'istio-system', app: 'istiod' };
  return [
    { name: 'up', labels: istiod, read: 1 },
    {
      name: 'pilot_total_xds_rejects',
      labels: { ...istiod, type: 'rds' },
      read: traffic.refusedRoutes(),
    },
    ...traffic.queues.flatMap((queue) => {
      const labels = {
        job: 'rabbitmq',
        instance: `${queue.behaviour.host}:15692`,
        namespace: queue.behaviour.consumer.split('/')[0] ?? '',
        queue: queue.behaviour.name,
      };
      return [
        { name: 'rabbitmq_queue_messages_ready', labels, read: queue.waiting },
        { name: 'rabbitmq_queue_messages_published_total', labels, read: queue.published },
        { name: 'rabbitmq_queue_messages_delivered_total', labels, read: queue.delivered },
      ];
    }),
  ];
}

/** The `le` label of each bucket. */
export const bucketNames: readonly string[] = [...durationBounds.map(String), '+Inf'];

function seriesOfRequests(row: RequestRow, store: SampleStore, timeline: Timeline): Series[] {
  const labels = createLabels(row.labels);
  const named = (name: string, more: Readonly<Record<string, string>> = {}): Series =>
    store.series(addLabels(labels, { ...more, __name__: name }), timeline);
  return [
    named('istio_requests_total'),
    named('istio_request_duration_milliseconds_count'),
    named('istio_request_duration_milliseconds_sum'),
    ...bucketNames.map((le) => named('istio_request_duration_milliseconds_bucket', { le })),
  ];
}

function appendRequests(row: RequestRow, series: readonly Series[]): void {
  series[0]?.append(row.count);
  series[1]?.append(row.count);
  series[2]?.append(row.sumMs);
  let below = 0;
  for (let bucket = 0; bucket < row.buckets.length; bucket += 1) {
    below += row.buckets[bucket] ?? 0;
    series[bucket + 3]?.append(below);
  }
}

function turnOf(podId: string): number {
  let hash = 0;
  for (let index = 0; index < podId.length; index += 1)
    hash = (Math.imul(hash, 31) + podId.charCodeAt(index)) >>> 0;
  return hash % turns;
}

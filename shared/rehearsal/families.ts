import type { Family } from './prometheus/exposition.ts';
import { bucketNames, clusterMetrics, tcpMetrics } from './scraper.ts';
import { countedElsewhere, isCountedByProxy } from './traffic/countedElsewhere.ts';
import { envoyMetrics } from './traffic/envoyMetrics.ts';
import type { Traffic } from './traffic/model.ts';

type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** Help and types of the metrics that the fleet has. */
export const metricMetadata: Readonly<
  Record<string, { readonly type: 'counter' | 'gauge' | 'histogram'; readonly help: string }>
> = {
  istio_requests_total: { type: 'counter', help: 'Requests that a proxy of the mesh handled.' },
  istio_request_duration_milliseconds: {
    type: 'histogram',
    help: 'How long requests took, in milliseconds.',
  },
  istio_tcp_sent_bytes_total: { type: 'counter', help: 'Bytes sent on TCP connections.' },
  istio_tcp_received_bytes_total: { type: 'counter', help: 'Bytes received on TCP connections.' },
  istio_tcp_connections_opened_total: { type: 'counter', help: 'TCP connections opened.' },
  istio_tcp_connections_closed_total: { type: 'counter', help: 'TCP connections closed.' },
  pilot_total_xds_rejects: { type: 'counter', help: 'Configurations that proxies refused.' },
  rabbitmq_queue_messages_ready: { type: 'gauge', help: 'Messages that wait in a queue.' },
  rabbitmq_queue_messages_published_total: { type: 'counter', help: 'Messages put into a queue.' },
  rabbitmq_queue_messages_delivered_total: { type: 'counter', help: 'Messages taken out of a queue.' },
  traces_service_graph_request_total: { type: 'counter', help: 'Calls that traces paired.' },
  traces_service_graph_request_failed_total: {
    type: 'counter',
    help: 'Calls that traces paired and that failed.',
  },
  traces_service_graph_request_server_seconds: {
    type: 'histogram',
    help: 'How long the callee of such a call took, in seconds.',
  },
  nginx_ingress_controller_requests: { type: 'counter', help: 'Requests that came in by the ingress.' },
  nginx_ingress_controller_request_duration_seconds: {
    type: 'histogram',
    help: 'How long requests by the ingress took, in seconds.',
  },
  ...Object.fromEntries(envoyMetrics.map(({ name, type, help }) => [name, { type, help }])),
};

/** The fleet's counters as they stand, for the text format. */
export function familiesOf(traffic: Traffic): Family[] {
  const samples = new Map<string, Sample[]>();
  const add = (family: string, sample: Sample): void => {
    const known = samples.get(family);
    if (known === undefined) samples.set(family, [sample]);
    else known.push(sample);
  };
  for (const row of traffic.counters.requests()) {
    if (!isCountedByProxy(row, traffic.behaviour)) continue;
    const { labels, count, sumMs, buckets } = row;
    const duration = 'istio_request_duration_milliseconds';
    add('istio_requests_total', { name: 'istio_requests_total', labels, value: count });
    let below = 0;
    buckets.forEach((inBucket, index) => {
      below += inBucket;
      add(duration, {
        name: `${duration}_bucket`,
        labels: { ...labels, le: bucketNames[index] ?? '' },
        value: below,
      });
    });
    add(duration, { name: `${duration}_sum`, labels, value: sumMs });
    add(duration, { name: `${duration}_count`, labels, value: count });
  }
  for (const row of traffic.counters.connections()) {
    for (const { name, read } of tcpMetrics) add(name, { name, labels: row.labels, value: read(row) });
  }
  for (const { labels, metrics, look } of traffic.envoyRows()) {
    const now = look();
    for (const { name, of } of metrics) add(name, { name, labels, value: of(now) });
  }
  for (const { name, labels, read } of clusterMetrics(traffic)) {
    // Whoever scrapes writes `up` itself.
    if (name !== 'up') add(name, { name, labels, value: read });
  }
  for (const sample of countedElsewhere(traffic)) {
    if (sample.name !== 'up') add(sample.name.replace(/_(bucket|count|sum)$/, ''), sample);
  }
  return [...samples].map(([name, list]) => ({
    name,
    type: metricMetadata[name]?.type ?? 'counter',
    help: metricMetadata[name]?.help ?? name,
    samples: list,
  }));
}

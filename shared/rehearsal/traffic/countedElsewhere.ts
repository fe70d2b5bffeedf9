import type { FleetBehaviour } from './behaviour.ts';
import { durationBounds, type RequestRow } from './counters.ts';
import type { Traffic } from './model.ts';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Calls between the same two, as one kind of metrics adds them up. */
interface Sum {
  readonly labels: Readonly<Record<string, string>>;
  count: number;
  failed: number;
  sumMs: number;
  readonly buckets: Float64Array;
}

/** Bounds of these histograms: nobody keeps buckets of half an hour for traces. */
const kept = durationBounds.filter((bound) => bound >= 5 && bound <= 10_000);

/** Whether the proxy of the reporting pod counted a row; of programs without one there is no such proxy. */
export const isCountedByProxy = (row: RequestRow, behaviour: FleetBehaviour): boolean =>
  countedBy(row, behaviour) === undefined;

/**
 * The calls of programs without a proxy, by whoever counts those: the service graph of traces, which pairs the spans of
 * both ends, and the ingress controller.
 */
export function countedElsewhere({ counters, behaviour }: Traffic): Sample[] {
  if (!Object.keys(behaviour.services).some((id) => countersOf(id, behaviour) !== undefined)) return [];
  const byTraces = new Map<string, Sum>();
  const byIngress = new Map<string, Sum>();
  for (const row of counters.requests()) {
    if (row.labels['reporter'] !== 'source') continue;
    const who = countedBy(row, behaviour);
    // Where nobody answered there is no span of the other end, and half a pair is not counted.
    if (who === 'traces' && row.labels['destination_workload'] !== 'unknown') add(byTraces, pairOf(row), row);
    if (who === 'ingress-nginx') add(byIngress, ingressOf(row), row);
  }
  return [
    { name: 'up', labels: collector, value: 1 },
    ...[...byTraces.values()].flatMap((sum) => [
      { name: 'traces_service_graph_request_total', labels: sum.labels, value: sum.count },
      { name: 'traces_service_graph_request_failed_total', labels: sum.labels, value: sum.failed },
      ...histogram('traces_service_graph_request_server_seconds', sum),
    ]),
    ...[...byIngress.values()].flatMap((sum) => [
      { name: 'nginx_ingress_controller_requests', labels: sum.labels, value: sum.count },
      ...histogram('nginx_ingress_controller_request_duration_seconds', sum),
    ]),
  ];
}

const collector = { job: 'otel-collector', instance: 'otel-collector.monitoring:8889' };

const countersOf = (id: string, { services }: FleetBehaviour): 'traces' | 'ingress-nginx' | undefined =>
  Object.values(services[id] ?? {})[0]?.countedBy;

function countedBy({ labels }: RequestRow, behaviour: FleetBehaviour): ReturnType<typeof countersOf> {
  const end = labels['reporter'] === 'source' ? 'source' : 'destination';
  const id = `${labels[`${end}_workload_namespace`]}/${labels[`${end}_canonical_service`]}`;
  return countersOf(id, behaviour);
}

/** The dimensions that a collector was told to add name the namespaces. */
const pairOf = ({ labels }: RequestRow): Sum['labels'] => ({
  ...collector,
  client: labels['source_canonical_service'] ?? '',
  client_k8s_namespace_name: labels['source_workload_namespace'] ?? '',
  server: labels['destination_canonical_service'] ?? '',
  server_k8s_namespace_name: labels['destination_workload_namespace'] ?? '',
  connection_type: '',
});

/** Labels of its own that the scrape sets too get a prefix. */
function ingressOf({ labels }: RequestRow): Sum['labels'] {
  const service = labels['destination_service_name'] ?? '';
  const namespace = labels['destination_service_namespace'] ?? '';
  return {
    job: 'ingress-nginx',
    instance: (labels['instance'] ?? '').replace(/:\d+$/, ':10254'),
    namespace: labels['namespace'] ?? '',
    pod: labels['pod'] ?? '',
    controller_namespace: labels['namespace'] ?? '',
    controller_pod: labels['pod'] ?? '',
    exported_namespace: namespace,
    exported_service: service,
    ingress: service,
    status: labels['response_code'] ?? '',
  };
}

function add(sums: Map<string, Sum>, labels: Sum['labels'], row: RequestRow): void {
  const key = Object.values(labels).join('|');
  let sum = sums.get(key);
  if (sum === undefined) {
    sum = { labels, count: 0, failed: 0, sumMs: 0, buckets: new Float64Array(durationBounds.length + 1) };
    sums.set(key, sum);
  }
  sum.count += row.count;
  sum.sumMs += row.sumMs;
  if (!/^[1-4]/.test(row.labels['response_code'] ?? '')) sum.failed += row.count;
  for (let bucket = 0; bucket < row.buckets.length; bucket += 1)
    sum.buckets[bucket] = (sum.buckets[bucket] ?? 0) + (row.buckets[bucket] ?? 0);
}

function histogram(name: string, { labels, count, sumMs, buckets }: Sum): Sample[] {
  let below = 0;
  const upTo = durationBounds.flatMap((bound, index) => {
    below += buckets[index] ?? 0;
    const le = String(bound / 1000);
    return kept.includes(bound) ? { name: `${name}_bucket`, labels: { ...labels, le }, value: below } : [];
  });
  return [
    ...upTo,
    { name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
    { name: `${name}_count`, labels, value: count },
    { name: `${name}_sum`, labels, value: sumMs / 1000 },
  ];
}

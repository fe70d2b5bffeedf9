import type { CallRow, Endpoint } from '../../kit/signals.ts';
import type { Labels } from '../answers.ts';
import type { Dialect } from '../dialect.ts';
import { clusterNamesOf, hostIn } from '../hostNames.ts';
import type { Matcher } from '../promql.ts';
import { nobody } from './program.ts';

/** What a proxy belongs to, as Linkerd's own scrape configuration names it and as PodMonitors do. */
export const SOURCE = ['namespace', 'deployment', 'statefulset', 'daemonset', 'pod'];
const DESTINATION = [
  'dst_namespace',
  'dst_service',
  'dst_deployment',
  'dst_statefulset',
  'dst_daemonset',
  'dst_pod',
  'authority',
];
const ENDS = [...SOURCE, ...DESTINATION];
/** What a chart of one Service needs: a row for each pair of pods would be far more. */
const CALLEE = ['dst_namespace', 'dst_service'];
const OUTCOME = ['classification', 'status_code', 'grpc_status', 'grpc_status_code'];

/** A proxy at the callee counts the same call once more, and knows its caller by no more than a certificate. */
const OUTBOUND: Matcher = { label: 'direction', is: 'equal', values: ['outbound'] };
/**
 * Callers without a certificate have no proxy that counts for them. Not among them: what Prometheus and the kubelet ask of the
 * proxy itself (by port, in older versions by address), and probes, which are let through by a route of that name.
 */
const STRANGERS: readonly Matcher[] = [
  { label: 'direction', is: 'equal', values: ['inbound'] },
  { label: 'tls', is: 'unequal', values: ['true'] },
  { label: 'target_port', is: 'notPattern', values: ['4190', '4191'] },
  { label: 'target_addr', is: 'notPattern', values: ['.*:4190', '.*:4191'] },
  { label: 'route_name', is: 'unequal', values: ['probe'] },
  { label: 'authz_name', is: 'unequal', values: ['probe'] },
];

/**
 * Linkerd's proxies (linkerd.io, reference, proxy metrics). A response counts once it has ended, latency is up to the first
 * byte, and what a proxy has not counted for ten minutes it forgets.
 */
export const linkerd: Dialect = {
  id: 'linkerd',
  title: 'Linkerd metrics',
  evidence: 'mesh',
  requests: { metric: 'response_total', matchers: [OUTBOUND], by: [...ENDS, ...OUTCOME] },
  latency: { metric: 'response_latency_ms_bucket', matchers: [OUTBOUND], by: [...ENDS, 'le'], unit: 'ms' },
  strangers: {
    requests: { metric: 'response_total', matchers: STRANGERS, by: ['direction', ...SOURCE, ...OUTCOME] },
    latency: {
      metric: 'response_latency_ms_bucket',
      matchers: STRANGERS,
      by: ['direction', ...SOURCE, 'le'],
    },
    namespace: 'namespace',
  },
  tcp: null,
  perInstance: {
    requests: {
      metric: 'response_total',
      matchers: [{ label: 'direction', is: 'equal', values: ['inbound'] }],
    },
    namespace: 'namespace',
    pod: 'pod',
  },
  partLabel: 'namespace',
  lines: { requests: [...CALLEE, ...OUTCOME], latency: [...CALLEE, 'le'] },
  overall: OUTCOME,
  overallMatchers: () => [[OUTBOUND], STRANGERS],
  toHosts(hosts) {
    const { names, namespaces } = clusterNamesOf(hosts);
    const here: readonly Matcher[] =
      namespaces.length === 0 ? [] : [{ label: 'dst_namespace', is: 'oneOf', values: namespaces }];
    return [
      [{ label: 'dst_service', is: 'oneOf', values: names.length === 0 ? [...hosts] : names }, ...here],
    ];
  },
  readCall(labels, perSecond) {
    const ends = readEnds(labels);
    const grpcStatus = labels['grpc_status'] || labels['grpc_status_code'] || null;
    const { classification } = labels;
    return {
      ...ends,
      protocol: grpcStatus === null ? 'http' : 'grpc',
      responseCode: labels['status_code'] || null,
      grpcStatus,
      flags: [],
      // Its own verdict, which counts what routes and profiles call a failure.
      ...(classification === 'success' || classification === 'failure'
        ? { failed: classification === 'failure' }
        : {}),
      perSecond,
    };
  },
  readLatency: readEnds,
};

function readEnds(labels: Labels): Pick<CallRow, 'reporter' | 'source' | 'destination' | 'host' | 'subset'> {
  if (labels['direction'] === 'inbound')
    return {
      reporter: 'destination',
      source: nobody,
      destination: endOf(labels, '', null),
      host: null,
      subset: null,
    };
  const namespace = labels['dst_namespace'] || null;
  const service = labels['dst_service'] || null;
  const destination = endOf(labels, 'dst_', service);
  // Straight to a pod (from an ingress, by a headless Service) no Service is named, and the authority is any name.
  const isPod = namespace !== null && (destination.workload ?? destination.instance) !== null;
  return {
    reporter: 'source',
    source: endOf(labels, '', null),
    destination,
    host:
      service !== null && namespace !== null
        ? `${service}.${namespace}.svc.cluster.local`
        : isPod
          ? null
          : hostIn(labels['authority']),
    subset: null,
  };
}

export function endOf(labels: Labels, prefix: '' | 'dst_', service: string | null): Endpoint {
  const kinds = ['deployment', 'statefulset', 'daemonset'];
  const workload = kinds.map((kind) => labels[`${prefix}${kind}`]).find((name) => name) ?? null;
  return {
    namespace: labels[`${prefix}namespace`] || null,
    workload,
    service,
    version: null,
    instance: labels[`${prefix}pod`] || null,
  };
}

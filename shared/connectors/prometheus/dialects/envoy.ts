import type { CallRow } from '../../kit/signals.ts';
import type { Labels } from '../answers.ts';
import type { Dialect } from '../dialect.ts';
import { hostPattern } from '../hostPattern.ts';
import { type Matcher } from '../promql.ts';

/** Names that scrape configurations give the proxy's pod and what it belongs to, best first. */
const POD = ['pod', 'pod_name', 'kubernetes_pod_name'] as const;
const NAMESPACE = ['namespace', 'kubernetes_namespace'] as const;
const APP = ['app', 'service_istio_io_canonical_name', 'app_kubernetes_io_name'] as const;
/** Labels that tell one proxy's cluster from another's. */
export const ENDS = [...NAMESPACE, ...POD, ...APP, 'version', 'cluster_name'];

const OUTBOUND: Matcher = { label: 'cluster_name', is: 'pattern', values: ['outbound\\|.*'] };
/**
 * Envoy counts a response both by its code and by its class. Only the class rows are read: both together would count it
 * twice. Its `external_` families hold the same requests once more and are not read at all.
 */
const CLASSES: Matcher = { label: 'response_code_class', is: 'unequal', values: [''] };

/** Listeners for what a proxy's own application calls, and a gateway's; an inbound one answers for its callee. */
const CALLING: Matcher = { label: 'http_conn_manager_prefix', is: 'pattern', values: ['outbound_.*'] };

/**
 * Plain Envoys that a control plane of Istio's steers: clusters are called `outbound|PORT|SUBSET|HOST`. Only callers' proxies
 * report, the callee's workload is never named, and requests that Envoy answers itself (faults, no route) are in no cluster.
 */
export const envoy: Dialect = {
  id: 'envoy',
  title: 'Envoy metrics with Istio’s cluster names',
  evidence: 'mesh',
  unless: ['istio'],
  requests: {
    metric: 'envoy_cluster_upstream_rq',
    matchers: [OUTBOUND, CLASSES],
    by: [...ENDS, 'response_code_class'],
  },
  latency: {
    metric: 'envoy_cluster_upstream_rq_time_bucket',
    matchers: [OUTBOUND],
    by: [...ENDS, 'le'],
    unit: 'ms',
  },
  tcp: null,
  stopped: {
    fault: { metric: 'envoy_http_fault_aborts_injected', matchers: [CALLING] },
    answer: { metric: 'envoy_http_rq_direct_response', matchers: [CALLING] },
  },
  atCallee: {
    denied: 'envoy_http_rbac_denied',
    // A denial is of the class 4xx; so are errors of callers, which are left out with it.
    letThrough: {
      metric: 'envoy_http_downstream_rq',
      matchers: [{ label: 'response_code_class', is: 'oneOf', values: ['2xx', '3xx', '5xx'] }],
    },
    listener: [...NAMESPACE, ...POD, 'http_conn_manager_prefix'],
    inNamespace: (namespace) =>
      NAMESPACE.map((label): Matcher => ({ label, is: 'oneOf', values: [namespace, ''] })),
  },
  // Seen on Envoy 1.40: a call counts in one of the two, and among the 5xx of its cluster.
  refusedByLimit: ['envoy_cluster_upstream_rq_pending_overflow', 'envoy_cluster_upstream_rq_active_overflow'],
  perInstance: null,
  partLabel: 'namespace',
  lines: { requests: ['cluster_name', 'response_code_class'], latency: ['cluster_name', 'le'] },
  // Hosts and subsets are in one label here; over everything it is of no use.
  overall: ['response_code_class'],
  overallMatchers: () => [[OUTBOUND, CLASSES]],
  toHosts: (hosts) => [
    [
      {
        label: 'cluster_name',
        is: 'pattern',
        values: hosts.map((host) => `outbound\\|[0-9]*\\|[^|]*\\|(${hostPattern(host)})`),
      },
    ],
  ],
  readCall(labels, perSecond) {
    const responseClass = labels['response_code_class'];
    if (responseClass === undefined || responseClass === '') return null;
    return {
      ...readEnds(labels),
      protocol: 'http',
      responseCode: responseClass,
      grpcStatus: null,
      flags: [],
      perSecond,
    };
  },
  readLatency: readEnds,
};

function readEnds(labels: Labels): Pick<CallRow, 'reporter' | 'source' | 'destination' | 'host' | 'subset'> {
  const cluster = parseCluster(labels['cluster_name']);
  return {
    reporter: 'source',
    source: {
      namespace: firstOf(labels, NAMESPACE),
      workload: null,
      service: firstOf(labels, APP),
      version: labels['version'] || null,
      instance: firstOf(labels, POD),
    },
    destination: { namespace: null, workload: null, service: null, version: null, instance: null },
    host: cluster?.host ?? null,
    subset: cluster?.subset ?? null,
  };
}

/** `outbound|8080|v1|payment.shop.svc.cluster.local`; the subset is empty where the route names none. */
export function parseCluster(
  name: string | undefined,
): { host: string; subset: string | null; port: number } | null {
  const [direction, port, subset, host, ...more] = (name ?? '').split('|');
  if (direction !== 'outbound' || !host || more.length > 0) return null;
  return { host, subset: subset || null, port: Number(port) };
}

/** The proxy that reported a series, by its pod; null where the scrape configuration does not name it. */
export function proxyOf(
  labels: Labels,
): { readonly namespace: string | null; readonly instance: string } | null {
  const instance = firstOf(labels, POD);
  return instance === null ? null : { namespace: firstOf(labels, NAMESPACE), instance };
}

function firstOf(labels: Labels, names: readonly string[]): string | null {
  for (const name of names) if (labels[name]) return labels[name];
  return null;
}

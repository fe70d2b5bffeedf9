import { clusterNamesOf } from '../hostNames.ts';
import { type Matcher, quoteRegex } from '../promql.ts';
import { ingressDialect } from './ingress.ts';

/** Neither part may hold an underscore in Kubernetes. */
const CLUSTER = /^([a-z0-9-]+)_([a-z0-9-]+)_\d+$/;

const matchers: readonly Matcher[] = [
  { label: 'envoy_cluster_name', is: 'pattern', values: ['[^_]+_[^_]+_[0-9]+'] },
  // Consul's have more labels, and are read by them.
  { label: 'consul_destination_service', is: 'equal', values: [''] },
];

/**
 * Envoys that Contour steers. A cluster is called `namespace/service/port/hash`, but its metrics `namespace_service_port`
 * (projectcontour/contour, internal/envoy/cluster.go, AltStatName), and that in Envoy's own labels, times in milliseconds (seen on
 * Envoy 1.40 with such a name; Contour serves them on port 8002: projectcontour.io, Collecting Metrics with Prometheus).
 */
export const contour = ingressDialect({
  id: 'contour',
  title: 'Contour’s Envoy metrics',
  requests: {
    metric: 'envoy_cluster_upstream_rq',
    matchers,
  },
  latency: {
    metric: 'envoy_cluster_upstream_rq_time_bucket',
    matchers,
    unit: 'ms',
  },
  callee: ['envoy_cluster_name'],
  status: 'envoy_response_code',
  itself: 'contour',
  toHosts(hosts) {
    const { names, namespaces } = clusterNamesOf(hosts);
    if (names.length === 0) return [];
    const space = namespaces.length === 0 ? '[^_]+' : `(${namespaces.map(quoteRegex).join('|')})`;
    const values = [`${space}_(${names.map(quoteRegex).join('|')})_[0-9]+`];
    return [[{ label: 'envoy_cluster_name', is: 'pattern', values }]];
  },
  hostOf({ envoy_cluster_name: cluster = '' }) {
    const [, namespace, name] = CLUSTER.exec(cluster) ?? [];
    return namespace && name ? `${name}.${namespace}.svc.cluster.local` : null;
  },
});

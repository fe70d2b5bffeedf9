import type { CallRow } from '../../kit/signals.ts';
import type { Labels } from '../answers.ts';
import type { Dialect } from '../dialect.ts';
import type { Matcher } from '../promql.ts';

const SOURCE = ['consul_source_service', 'consul_source_namespace', 'local_cluster'];
const DESTINATION = [
  'consul_destination_service',
  'consul_destination_service_subset',
  'consul_destination_namespace',
  'consul_destination_datacenter',
  'consul_destination_peer',
];
const ENDS = [...SOURCE, ...DESTINATION];

/** Clusters of a proxy's own (its agent, its application) lead to no service. */
const TO_SERVICES: Matcher = { label: 'consul_destination_service', is: 'unequal', values: [''] };

/**
 * Envoys that Consul steers: its bootstrap takes cluster names apart into labels. Only callers' proxies report, the instance
 * that answered is never named, and a subset is named as the service-resolver names it.
 */
export const consul: Dialect = {
  id: 'consul',
  title: 'Envoy metrics with Consul’s labels',
  evidence: 'mesh',
  unless: ['istio', 'envoy'],
  requests: {
    metric: 'envoy_cluster_upstream_rq',
    matchers: [TO_SERVICES],
    by: [...ENDS, 'envoy_response_code'],
  },
  latency: {
    metric: 'envoy_cluster_upstream_rq_time_bucket',
    matchers: [TO_SERVICES],
    by: [...ENDS, 'le'],
    unit: 'ms',
  },
  tcp: null,
  // Seen on Envoy 1.40: a limit of 0 counts as pending, one that is reached as active, and neither counts twice.
  refusedByLimit: ['envoy_cluster_upstream_rq_pending_overflow', 'envoy_cluster_upstream_rq_active_overflow'],
  perInstance: null,
  partLabel: 'consul_source_service',
  lines: { requests: [...DESTINATION, 'envoy_response_code'], latency: [...DESTINATION, 'le'] },
  overall: ['envoy_response_code'],
  overallMatchers: () => [[TO_SERVICES]],
  toHosts: (hosts) => [
    [
      {
        label: 'consul_destination_service',
        is: 'oneOf',
        // The data centre and namespace of a host are told apart when its rows are read.
        values: [...new Set(hosts.map((host) => host.split('.')[0] ?? host))],
      },
    ],
  ],
  readCall(labels, perSecond) {
    const code = labels['envoy_response_code'];
    if (code === undefined || code === '') return null;
    const ends = readEnds(labels);
    if (ends.host === null) return null;
    return { ...ends, protocol: 'http', responseCode: code, grpcStatus: null, flags: [], perSecond };
  },
  readLatency: readEnds,
};

function readEnds(labels: Labels): Pick<CallRow, 'reporter' | 'source' | 'destination' | 'host' | 'subset'> {
  return {
    reporter: 'source',
    source: {
      namespace: labels['consul_source_namespace'] || 'default',
      workload: null,
      service: labels['consul_source_service'] || labels['local_cluster'] || null,
      version: null,
      instance: null,
    },
    destination: { namespace: null, workload: null, service: null, version: null, instance: null },
    host: hostOf(labels),
    subset: labels['consul_destination_service_subset'] || null,
  };
}

/** The name under which Consul's DNS gives the service. */
function hostOf(labels: Labels): string | null {
  const service = labels['consul_destination_service'];
  if (service === undefined || service === '') return null;
  const namespace = labels['consul_destination_namespace'] || 'default';
  const datacenter = labels['consul_destination_datacenter'] || '';
  const peer = labels['consul_destination_peer'] || '';
  const name = service.toLowerCase();
  if (peer !== '') return `${name}.service.${peer}.peer.consul`;
  if (datacenter === '') return `${name}.service.consul`;
  return namespace === 'default'
    ? `${name}.service.${datacenter}.consul`
    : `${name}.service.${namespace}.ns.${datacenter}.dc.consul`;
}

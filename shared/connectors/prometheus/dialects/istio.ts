import type { CallRow, Endpoint } from '../../kit/signals.ts';
import type { Labels } from '../answers.ts';
import type { Dialect } from '../dialect.ts';
import { hostPattern } from '../hostPattern.ts';
import type { Matcher } from '../promql.ts';

const ENDS = [
  'reporter',
  'source_workload_namespace',
  'source_workload',
  'source_canonical_service',
  'source_version',
  'destination_workload_namespace',
  'destination_workload',
  'destination_canonical_service',
  'destination_canonical_revision',
  'destination_version',
  'destination_service',
  'destination_service_name',
  'destination_service_namespace',
];
const OUTCOME = ['request_protocol', 'response_code', 'grpc_response_status', 'response_flags'];
const LINE = [
  'reporter',
  'destination_service',
  'destination_workload',
  'destination_version',
  'destination_canonical_revision',
];

/** Clusters that stand for no service; Istio puts their names where a service's name goes. */
const SINK = /^(PassthroughCluster|BlackHoleCluster|InboundPassthroughCluster)/;

/** Istio's standard metrics, as sidecars, gateways and waypoints report them (istio.io, reference, standard metrics). */
export const istio: Dialect = {
  id: 'istio',
  title: 'Istio metrics',
  evidence: 'mesh',
  seesAllReceived: true,
  requests: { metric: 'istio_requests_total', matchers: [], by: [...ENDS, ...OUTCOME] },
  latency: {
    metric: 'istio_request_duration_milliseconds_bucket',
    matchers: [],
    by: [...ENDS, 'le'],
    unit: 'ms',
  },
  tcp: {
    metric: 'istio_tcp_connections_opened_total',
    matchers: [],
    by: [...ENDS, 'request_protocol', 'response_flags'],
  },
  // Of the proxy itself a scrape configuration tells; these are the names in Istio's own and in those of PodMonitors.
  perInstance: {
    requests: {
      metric: 'istio_requests_total',
      matchers: [{ label: 'reporter', is: 'equal', values: ['destination'] }],
    },
    namespace: 'namespace',
    pod: 'pod',
  },
  partLabel: 'destination_service_namespace',
  lines: { requests: [...LINE, ...OUTCOME], latency: [...LINE, 'le'] },
  overall: ['reporter', ...OUTCOME],
  overallMatchers(unreported) {
    const callers: Matcher = { label: 'reporter', is: 'oneOf', values: ['source', 'waypoint'] };
    const sets: Matcher[][] = [
      [{ label: 'reporter', is: 'equal', values: ['destination'] }],
      [callers, { label: 'destination_workload', is: 'oneOf', values: ['unknown', ''] }],
    ];
    if (unreported.length > 0) {
      sets.push([
        callers,
        { label: 'destination_workload', is: 'notPattern', values: ['unknown', ''] },
        { label: 'destination_service', is: 'oneOf', values: unreported },
      ]);
    }
    return sets;
  },
  toHosts: (hosts) => [[{ label: 'destination_service', is: 'pattern', values: hosts.map(hostPattern) }]],
  readCall(labels, perSecond) {
    const ends = readEnds(labels);
    if (ends === null) return null;
    const grpcStatus = known(labels['grpc_response_status']);
    return {
      ...ends,
      protocol: protocolOf(labels['request_protocol']),
      responseCode: known(labels['response_code']),
      grpcStatus,
      flags: splitFlags(labels['response_flags']),
      perSecond,
    };
  },
  readLatency: readEnds,
};

function readEnds(
  labels: Labels,
): Pick<CallRow, 'reporter' | 'source' | 'destination' | 'host' | 'subset'> | null {
  const { reporter } = labels;
  if (reporter !== 'source' && reporter !== 'destination' && reporter !== 'waypoint') return null;
  const service = known(labels['destination_service_name']);
  const host = known(labels['destination_service']);
  return {
    reporter,
    source: endpoint(labels, 'source'),
    destination: endpoint(labels, 'destination'),
    host: service !== null && SINK.test(service) ? service : host,
    subset: null,
  };
}

function endpoint(labels: Labels, side: 'source' | 'destination'): Endpoint {
  return {
    namespace: known(labels[`${side}_workload_namespace`]),
    workload: known(labels[`${side}_workload`]),
    service: known(labels[`${side}_canonical_service`]),
    version: known(labels[`${side}_version`]) ?? revision(labels[`${side}_canonical_revision`]),
    instance: null,
  };
}

/** Istio writes "unknown" where it does not know. */
function known(value: string | undefined): string | null {
  return value === undefined || value === '' || value === 'unknown' ? null : value;
}

/** The canonical revision of workloads without any version label is "latest". */
function revision(value: string | undefined): string | null {
  return value === 'latest' ? null : known(value);
}

function protocolOf(value: string | undefined): CallRow['protocol'] {
  return value === 'grpc' || value === 'tcp' ? value : 'http';
}

/** `-` means none; several are joined by commas. */
function splitFlags(value: string | undefined): string[] {
  return value === undefined || value === '-' || value === ''
    ? []
    : value.split(',').filter((flag) => flag !== '-');
}

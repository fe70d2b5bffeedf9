import type { CallRow } from '../../kit/signals.ts';
import type { Labels } from '../answers.ts';
import type { Dialect, Latency } from '../dialect.ts';
import { clusterNamesOf, hostIn } from '../hostNames.ts';
import type { Matcher } from '../promql.ts';
import { nobody } from './program.ts';

/** Namespaces are there where they were made dimensions of the graph. */
const ENDS = [
  'client',
  'server',
  'connection_type',
  'client_k8s_namespace_name',
  'server_k8s_namespace_name',
];

const latencyOf = (metric: string, unit: Latency['unit']): Latency => ({
  metric,
  matchers: [],
  by: [...ENDS, 'le'],
  unit,
});

/**
 * Calls that traces pair, as the OpenTelemetry Collector's service graph connector and Tempo's metrics generator count them.
 * Of sampled traces it counts only those that were kept; a call of which one end is not traced is in it only where virtual
 * nodes are on, and its caller is called "user" then.
 */
export const serviceGraph: Dialect = {
  id: 'service-graph',
  title: 'OpenTelemetry service graph',
  evidence: 'serviceGraph',
  requests: { metric: 'traces_service_graph_request_total', matchers: [], by: ENDS },
  failures: { metric: 'traces_service_graph_request_failed_total', matchers: [], by: ENDS },
  latency: null,
  // The unit moved from milliseconds to seconds, the suffix depends on the exporter.
  latencies: [
    latencyOf('traces_service_graph_request_server_seconds_bucket', 's'),
    latencyOf('traces_service_graph_request_server_milliseconds_bucket', 'ms'),
    latencyOf('traces_service_graph_request_server_bucket', 's'),
    latencyOf('traces_service_graph_request_duration_seconds_bucket', 's'),
  ],
  tcp: null,
  perInstance: null,
  partLabel: 'client',
  lines: { requests: ENDS, latency: [...ENDS, 'le'] },
  overall: ['server'],
  overallMatchers: () => [[]],
  toHosts(hosts) {
    const { names, namespaces } = clusterNamesOf(hosts);
    const here: readonly Matcher[] =
      namespaces.length === 0
        ? []
        : [{ label: 'server_k8s_namespace_name', is: 'oneOf', values: [...namespaces, ''] }];
    return [[{ label: 'server', is: 'oneOf', values: [...new Set([...names, ...hosts])] }, ...here]];
  },
  readCall(labels, perSecond) {
    const ends = readEnds(labels);
    if (ends === null) return null;
    return {
      ...ends,
      protocol: 'http',
      responseCode: null,
      grpcStatus: null,
      flags: [],
      ...(labels['connection_type'] === 'messaging_system' ? { asynchronous: true as const } : {}),
      perSecond,
    };
  },
  readLatency: readEnds,
};

function readEnds(
  labels: Labels,
): Pick<CallRow, 'reporter' | 'source' | 'destination' | 'host' | 'subset'> | null {
  const { client = '', server = '', connection_type: type } = labels;
  const name = hostIn(server);
  if (name === null) return null;
  const namespace = labels['server_k8s_namespace_name'] || null;
  const isKnown = client !== '' && client !== 'user' && client !== 'unknown';
  return {
    reporter: 'source',
    source: isKnown
      ? {
          ...nobody,
          namespace: labels['client_k8s_namespace_name'] || null,
          workload: client,
          service: client,
        }
      : nobody,
    destination: nobody,
    host:
      type === 'database'
        ? `${server} (database)`
        : namespace !== null && !name.includes('.')
          ? `${name}.${namespace}.svc`
          : name,
    subset: null,
  };
}

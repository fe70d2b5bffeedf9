import type { CallRow } from '../../kit/signals.ts';
import type { Labels } from '../answers.ts';
import type { Dialect } from '../dialect.ts';
import { clusterNamesOf } from '../hostNames.ts';
import type { Matcher } from '../promql.ts';
import { nobody } from './program.ts';

/** Its own `namespace` and `service` get a prefix where the scrape sets labels of the same names. */
const CALLEE = ['namespace', 'service', 'exported_namespace', 'exported_service'];
const ENDS = ['controller_namespace', 'controller_pod', ...CALLEE];

/** What ingress-nginx let in, by the Service it sent it to (kubernetes.github.io/ingress-nginx, monitoring). */
export const ingressNginx: Dialect = {
  id: 'ingress-nginx',
  title: 'ingress-nginx metrics',
  evidence: 'ingress',
  requests: { metric: 'nginx_ingress_controller_requests', matchers: [], by: [...ENDS, 'status'] },
  latency: {
    metric: 'nginx_ingress_controller_request_duration_seconds_bucket',
    matchers: [],
    by: [...ENDS, 'le'],
    unit: 's',
  },
  tcp: null,
  perInstance: null,
  partLabel: 'ingress',
  lines: { requests: [...ENDS, 'status'], latency: [...ENDS, 'le'] },
  overall: [...CALLEE, 'status'],
  overallMatchers: () => [[]],
  toHosts(hosts) {
    const { names, namespaces } = clusterNamesOf(hosts);
    if (names.length === 0) return [];
    return ['exported_', ''].map((prefix): readonly Matcher[] => [
      { label: `${prefix}service`, is: 'oneOf', values: names },
      ...(namespaces.length === 0
        ? []
        : [{ label: `${prefix}namespace`, is: 'oneOf' as const, values: namespaces }]),
    ]);
  },
  readCall(labels, perSecond) {
    const ends = readEnds(labels);
    if (ends === null) return null;
    return {
      ...ends,
      protocol: 'http',
      // A status or, where it is told to report classes, "5xx".
      responseCode: labels['status'] || null,
      grpcStatus: null,
      flags: [],
      perSecond,
    };
  },
  readLatency: readEnds,
};

function readEnds(
  labels: Labels,
): Pick<CallRow, 'reporter' | 'source' | 'destination' | 'host' | 'subset'> | null {
  const service = labels['exported_service'] || labels['service'];
  const namespace = labels['exported_namespace'] || labels['namespace'];
  // What fits no rule goes to a page of its own.
  if (!service || !namespace) return null;
  return {
    reporter: 'source',
    source: {
      ...nobody,
      namespace: labels['controller_namespace'] || null,
      service: 'ingress-nginx-controller',
      instance: labels['controller_pod'] || null,
    },
    destination: nobody,
    host: `${service}.${namespace}.svc.cluster.local`,
    subset: null,
  };
}

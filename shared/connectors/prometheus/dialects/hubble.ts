import type { CallRow, Endpoint } from '../../kit/signals.ts';
import type { Labels } from '../answers.ts';
import type { Dialect } from '../dialect.ts';
import { clusterNamesOf } from '../hostNames.ts';
import type { Matcher } from '../promql.ts';
import { nobody } from './program.ts';

const side = (end: 'source' | 'destination'): string[] => [
  end,
  `${end}_namespace`,
  `${end}_workload`,
  `${end}_app`,
  `${end}_pod`,
];
const ENDS = [...side('source'), ...side('destination'), 'reporter'];

/** Only the newer handler (`httpV2`) puts the answer's status on requests; the older one counts answers apart. */
const ANSWERED: Matcher = { label: 'status', is: 'unequal', values: [''] };

/**
 * HTTP that Cilium's proxies saw (docs.cilium.io, Hubble metrics). Who the ends are is said only as far as the metric's
 * `labelsContext`, `sourceContext` and `destinationContext` ask for it.
 */
const hubbleOf = (id: string, metric: string): Dialect => ({
  id,
  title: 'Hubble metrics',
  evidence: 'mesh',
  requests: { metric, matchers: [ANSWERED], by: [...ENDS, 'status'] },
  latency: {
    metric: 'hubble_http_request_duration_seconds_bucket',
    matchers: [],
    by: [...ENDS, 'le'],
    unit: 's',
  },
  tcp: null,
  perInstance: null,
  partLabel: 'destination_namespace',
  lines: { requests: [...ENDS, 'status'], latency: [...ENDS, 'le'] },
  seesAllReceived: true,
  namesNoHost: true,
  overall: [...side('destination'), 'reporter', 'status'],
  // A call is seen at its caller, at its callee, or at both, wherever a policy sends it through a proxy.
  overallMatchers(unreported) {
    const atCallees: readonly Matcher[] = [
      ANSWERED,
      { label: 'reporter', is: 'unequal', values: ['client'] },
    ];
    const workloads = [...new Set(unreported.map((name) => name.slice(name.indexOf('/') + 1)))];
    return workloads.length === 0
      ? [atCallees]
      : [
          atCallees,
          [
            ANSWERED,
            { label: 'reporter', is: 'equal', values: ['client'] },
            { label: 'destination_workload', is: 'oneOf', values: workloads },
          ],
        ];
  },
  toHosts(hosts) {
    const { names, namespaces } = clusterNamesOf(hosts);
    if (names.length === 0) return [[{ label: 'destination', is: 'oneOf', values: [...hosts] }]];
    const here: readonly Matcher[] =
      namespaces.length === 0
        ? []
        : [{ label: 'destination_namespace', is: 'oneOf', values: [...namespaces, ''] }];
    return [
      ...['destination_app', 'destination_workload'].map((label): readonly Matcher[] => [
        { label, is: 'oneOf', values: names },
        ...here,
      ]),
      [
        {
          label: 'destination',
          is: 'oneOf',
          values: namespaces.flatMap((space) => names.map((name) => `${space}/${name}`)),
        },
      ],
    ];
  },
  nameless:
    'Hubble’s metrics do not say who calls whom: give `httpV2` a labelsContext with source and destination (namespace, workload)',
  readCall(labels, perSecond) {
    const ends = readEnds(labels);
    if (ends === null) return null;
    const code = labels['status'] ?? '';
    return {
      ...ends,
      protocol: 'http',
      responseCode: code === '' ? null : code,
      grpcStatus: null,
      flags: [],
      perSecond,
    };
  },
  readLatency: readEnds,
});

export const hubble = hubbleOf('hubble', 'hubble_http_requests_total');
export const olderHubble: Dialect = {
  ...hubbleOf('hubble-http', 'hubble_http_responses_total'),
  unless: ['hubble'],
};

function readEnds(
  labels: Labels,
): Pick<CallRow, 'reporter' | 'source' | 'destination' | 'host' | 'subset'> | null {
  const destination = endOf(labels, 'destination');
  const context = labels['destination'] ?? '';
  // Outside the cluster a name of the DNS or an address is all there is.
  const host = isNamed(destination) || context === '' || context.startsWith('reserved:') ? null : context;
  if (!isNamed(destination) && host === null) return null;
  return {
    reporter: labels['reporter'] === 'server' ? 'destination' : 'source',
    source: endOf(labels, 'source'),
    destination,
    host,
    subset: null,
  };
}

const isNamed = ({ namespace, workload, service, instance }: Endpoint): boolean =>
  namespace !== null && (workload ?? service ?? instance) !== null;

/** By the labels of its own, else by the context: `namespace/pod` or `namespace/workload`; a mere namespace is nobody. */
export function endOf(labels: Labels, end: 'source' | 'destination'): Endpoint {
  const [namespace, name, ...more] = (labels[end] ?? '').split('/');
  const isPair = name !== undefined && name !== '' && more.length === 0;
  const own = {
    namespace: labels[`${end}_namespace`] || (isPair ? namespace || null : null),
    workload: labels[`${end}_workload`] || (isPair ? name : null),
    service: labels[`${end}_app`] || null,
    version: null,
    instance: labels[`${end}_pod`] || (isPair ? name : null),
  };
  return isNamed(own) ? own : nobody;
}

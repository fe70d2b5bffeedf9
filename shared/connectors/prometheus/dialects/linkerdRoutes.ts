import type { CallRow } from '../../kit/signals.ts';
import type { Labels } from '../answers.ts';
import type { Dialect } from '../dialect.ts';
import { clusterNamesOf, hostIn } from '../hostNames.ts';
import type { Matcher } from '../promql.ts';
import { endOf, SOURCE } from './linkerd.ts';
import { nobody } from './program.ts';

/** Whom a route belongs to, and whom it sent the call; "default" where the route names no backend of its own. */
const PARENT = ['parent_kind', 'parent_namespace', 'parent_name'];
const BACKEND = ['backend_kind', 'backend_namespace', 'backend_name'];
const CALLEE = [...PARENT, ...BACKEND, 'hostname'];

/**
 * What newer proxies of Linkerd's count by route and backend (linkerd.io, proxy metrics). Read where the metrics of all
 * versions are dropped before they are kept: both count the same calls, and those know pods.
 */
const routesOf = (protocol: 'http' | 'grpc'): Dialect => {
  const status = `${protocol}_status`;
  const ends = [...SOURCE, ...CALLEE];
  const metric = `outbound_${protocol}_route_backend_response`;
  const outcome = [status, 'error'];
  return {
    id: `linkerd-${protocol}-routes`,
    title: protocol === 'http' ? 'Linkerd metrics of HTTP routes' : 'Linkerd metrics of gRPC routes',
    evidence: 'mesh',
    unless: ['linkerd'],
    requests: { metric: `${metric}_statuses_total`, matchers: [], by: [...ends, ...outcome] },
    latency: { metric: `${metric}_duration_seconds_bucket`, matchers: [], by: [...ends, 'le'], unit: 's' },
    tcp: null,
    perInstance: null,
    partLabel: 'namespace',
    lines: { requests: [...CALLEE, ...outcome], latency: [...CALLEE, 'le'] },
    overall: [...CALLEE, ...outcome],
    overallMatchers: () => [[]],
    toHosts(hosts) {
      const { names, namespaces } = clusterNamesOf(hosts);
      if (names.length === 0) return [[{ label: 'hostname', is: 'oneOf', values: [...hosts] }]];
      const to = (end: string): Matcher[] => [
        { label: `${end}_name`, is: 'oneOf', values: names },
        ...(namespaces.length === 0
          ? []
          : [{ label: `${end}_namespace`, is: 'oneOf' as const, values: namespaces }]),
      ];
      return [to('backend'), [...to('parent'), { label: 'backend_kind', is: 'equal', values: ['default'] }]];
    },
    readCall(labels, perSecond) {
      const read = readEnds(labels);
      if (read === null) return null;
      const said = labels[status] || null;
      const error = labels['error'] || null;
      return {
        ...read,
        protocol,
        // No answer came where an error stands in its place.
        responseCode: protocol === 'http' ? (said ?? (error === null ? null : '0')) : null,
        grpcStatus: protocol === 'grpc' && said !== null ? numberOf(said) : null,
        flags: [],
        ...(error === null ? {} : { failed: true }),
        perSecond,
      };
    },
    readLatency: readEnds,
  };
};

/** These metrics have gRPC's statuses by name; their numbers are their places. */
const STATUSES: readonly string[] = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'],
  ...['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE'],
  ...['UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'],
];

const numberOf = (name: string): string => {
  const place = STATUSES.indexOf(name.toUpperCase());
  return place < 0 ? name : String(place);
};

export const linkerdHttpRoutes = routesOf('http');
export const linkerdGrpcRoutes = routesOf('grpc');

function readEnds(
  labels: Labels,
): Pick<CallRow, 'reporter' | 'source' | 'destination' | 'host' | 'subset'> | null {
  const end = labels['backend_kind'] === 'default' || !labels['backend_kind'] ? 'parent' : 'backend';
  const [kind, namespace, name] = ['kind', 'namespace', 'name'].map((part) => labels[`${end}_${part}`] ?? '');
  const host =
    kind === 'Service' && namespace && name
      ? `${name}.${namespace}.svc.cluster.local`
      : hostIn(labels['hostname']);
  if (host === null) return null;
  return { reporter: 'source', source: endOf(labels, '', null), destination: nobody, host, subset: null };
}

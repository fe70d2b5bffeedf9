import type { NamespacedName } from '../../../model/topology.ts';
import type { CallRow } from '../../kit/signals.ts';
import type { Labels } from '../answers.ts';
import type { Dialect } from '../dialect.ts';
import { clusterNamesOf } from '../hostNames.ts';
import { type Matcher, quoteRegex } from '../promql.ts';
import { nobody, PROGRAM, programOf } from './program.ts';

/** Its own `service` gets a prefix where the scrape sets a label of that name. */
const CALLEE = ['exported_service', 'service'];
const ENDS = [...new Set([...CALLEE, ...PROGRAM])];

/**
 * What Traefik let in, by the load balancer it sent it to (doc.traefik.io, metrics). It names load balancers
 * `namespace-service-port@provider`, with every character that is no letter or digit as a dash; of the Gateway API
 * `…-svc-namespace-service-index`; with safe names `…_namespace_service_port`. An IngressRoute of one service is named after
 * itself and its rule, which tells no service.
 */
export const traefik: Dialect = {
  id: 'traefik',
  title: 'Traefik metrics',
  evidence: 'ingress',
  requests: { metric: 'traefik_service_requests_total', matchers: [], by: [...ENDS, 'code'] },
  latency: {
    metric: 'traefik_service_request_duration_seconds_bucket',
    matchers: [],
    by: [...ENDS, 'le'],
    unit: 's',
  },
  tcp: null,
  perInstance: null,
  partLabel: 'service',
  lines: { requests: [...CALLEE, 'code'], latency: [...CALLEE, 'le'] },
  overall: [...CALLEE, 'code'],
  overallMatchers: () => [[]],
  toHosts(hosts) {
    const { names, namespaces } = clusterNamesOf(hosts);
    const joined = namespaces.flatMap((space) =>
      names.map((name) => `${quoteRegex(space)}[_-]${quoteRegex(name)}`),
    );
    if (joined.length === 0) return [];
    const values = [`(.+[_-])?(${joined.join('|')})[_-].+@kubernetes.*`];
    return CALLEE.map((label): readonly Matcher[] => [{ label, is: 'pattern', values }]);
  },
  nameless:
    'Traefik names IngressRoutes, not the services behind them: routes of several services, Ingresses and HTTPRoutes are told apart',
  readCall(labels, perSecond) {
    const ends = readEnds(labels);
    if (ends === null) return null;
    return {
      ...ends,
      protocol: 'http',
      responseCode: labels['code'] || null,
      grpcStatus: null,
      flags: [],
      perSecond,
    };
  },
  readLatency: readEnds,
};

function readEnds(
  labels: Labels,
): Pick<CallRow, 'reporter' | 'source' | 'destination' | 'host' | 'subset' | 'mayMean'> | null {
  const { exported_service: exported, service: own = '', ...others } = labels;
  const [name, provider, ...more] = (exported || own).split('@');
  if (!name || provider === undefined || more.length > 0 || provider === 'internal') return null;
  const caller = programOf({ ...others, ...(exported ? { service: own } : {}) });
  const isKubernetes = provider.startsWith('kubernetes');
  const mayMean = isKubernetes ? servicesIn(name) : [];
  if (isKubernetes && mayMean.length === 0) return null;
  return {
    reporter: 'source',
    source: { ...caller, service: caller.service ?? 'traefik' },
    destination: nobody,
    // Of a file or a registry it is the name that somebody gave it.
    host: isKubernetes ? `${name}@${provider}` : name,
    subset: null,
    ...(mayMean.length === 0 ? {} : { mayMean }),
  };
}

/** Ten bytes of a hash of its rule end the name of an IngressRoute. */
const RULE = /-[0-9a-f]{20}$/;
const OF_GATEWAY = /-[0-9a-f]{20}-svc-(.+)-\d+$/;
/** Of a port's name (Kubernetes allows no longer one). */
const MOST_LETTERS = 15;
/** Longer ones would have more ways to be read than a map has use for. */
const MOST_PARTS = 12;

/** The services that a load balancer's name can stand for: ports of one word are likelier than those of several. */
function servicesIn(name: string): readonly (readonly NamespacedName[])[] {
  const safe = name.split('_');
  if (safe.length > 1) {
    const [namespace, service] = safe.slice(-3);
    // A route of one service has no more than its own name and a role.
    return namespace && service && safe.length >= 7 ? [[{ namespace, name: service }]] : [];
  }
  const inRoute = OF_GATEWAY.exec(name)?.[1];
  if (inRoute !== undefined) return [splitsOf(inRoute.split('-'))];
  if (RULE.test(name)) return [];
  const parts = name.split('-');
  if (parts.length > MOST_PARTS) return [];
  return parts
    .slice(2)
    .map((_, i) => ({ before: parts.slice(0, -1 - i), port: parts.slice(-1 - i).join('-') }))
    .filter(({ port }) => port.length <= MOST_LETTERS)
    .map(({ before }) => splitsOf(before));
}

const splitsOf = (parts: readonly string[]): readonly NamespacedName[] =>
  parts.slice(1).map((_, i) => ({
    namespace: parts.slice(0, i + 1).join('-'),
    name: parts.slice(i + 1).join('-'),
  }));

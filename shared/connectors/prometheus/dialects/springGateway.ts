import { clusterNamesOf, hostIn } from '../hostNames.ts';
import { quoteRegex } from '../promql.ts';
import { ingressDialect } from './ingress.ts';

/** Schemes that lead to somebody else; `forward:`, `no:` and `fn:` stay in the gateway. */
const LEADS = /^(?:lb|(?:lb:)?(?:https?|wss?)):\/\//i;

/**
 * What a Spring Cloud Gateway let in, by the address of the route it took (docs.spring.io, Spring Cloud Gateway, The Gateway
 * Metrics Filter; labels in its GatewayRouteTagsProvider and GatewayHttpTagsProvider): `lb://name` where it asks a load balancer.
 * Also counted is what filters answered themselves. Buckets are there only where `percentiles-histogram` is on; in seconds.
 */
export const springGateway = ingressDialect({
  id: 'spring-cloud-gateway',
  title: 'Spring Cloud Gateway metrics',
  requests: { metric: 'spring_cloud_gateway_requests_seconds_count', matchers: [] },
  latency: { metric: 'spring_cloud_gateway_requests_seconds_bucket', matchers: [], unit: 's' },
  mayLackLatency: true,
  callee: ['routeUri'],
  status: 'httpStatusCode',
  itself: 'spring-cloud-gateway',
  toHosts(hosts) {
    const named = [...new Set([...hosts, ...clusterNamesOf(hosts).names])].map(quoteRegex);
    if (named.length === 0) return [];
    // Eureka's names are in capitals for some.
    const values = [`(?i)(lb|(lb:)?(https?|wss?))://(${named.join('|')})(:[0-9]+)?(/.*)?`];
    return [[{ label: 'routeUri', is: 'pattern', values }]];
  },
  hostOf({ routeUri = '' }) {
    return LEADS.test(routeUri) ? hostIn(routeUri.replace(LEADS, '')) : null;
  },
});

import { clusterNamesOf } from '../hostNames.ts';
import { quoteRegex } from '../promql.ts';
import { ingressDialect, waysToSay } from './ingress.ts';

/**
 * What Kong let in, by its own Service (developer.konghq.com, Prometheus plugin, with `status_code_metrics` and
 * `latency_metrics`; labels and milliseconds in Kong/kong, plugins/prometheus/exporter.lua). What a plugin answers itself counts too:
 * its `source` is "kong", as that of a call that reached nobody. Its ingress controller calls one `namespace.service.port`, and a route of it
 * `namespace.ingress.service.host.port` (Kong/kubernetes-ingress-controller, translator/subtranslator/ingress.go): only where both
 * say the same is it a Service of Kubernetes. One of an HTTPRoute is called after the route.
 */
export const kong = ingressDialect({
  id: 'kong',
  title: 'Kong metrics',
  requests: { metric: 'kong_http_requests_total', matchers: [] },
  latency: { metric: 'kong_upstream_latency_ms_bucket', matchers: [], unit: 'ms' },
  mayLackLatency: true,
  callee: ['service', 'route'],
  status: 'code',
  itself: 'kong',
  nameless:
    'Kong names its own Services: only those that its ingress controller made of an Ingress name one of Kubernetes',
  toHosts(hosts) {
    const { names, namespaces } = clusterNamesOf(hosts);
    if (names.length === 0) return [];
    const space = namespaces.length === 0 ? '[^.]+' : `(${namespaces.map(quoteRegex).join('|')})`;
    const values = [`${space}\\.(${names.map(quoteRegex).join('|')})\\.[^.]+`];
    return waysToSay('service').map((label) => [{ label, is: 'pattern', values }]);
  },
  hostOf({ service = '', route = '' }) {
    const [namespace, name, port, ...more] = service.split('.');
    if (!namespace || !name || !port || more.length > 0) return null;
    const isOfIngress =
      route.startsWith(`${namespace}.`) && route.includes(`.${name}.`) && route.endsWith(`.${port}`);
    return isOfIngress ? `${name}.${namespace}.svc.cluster.local` : null;
  },
});

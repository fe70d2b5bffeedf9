import { clusterNamesOf } from '../hostNames.ts';
import { quoteRegex } from '../promql.ts';
import { ingressDialect } from './ingress.ts';

/**
 * What HAProxy's ingress controllers let in, by backend (label `proxy`, classes in `code`, no histogram of times: seen on
 * HAProxy 2.6). HAProxy Technologies' controller calls a backend `namespace_svc_service_port`, or
 * `namespace_ingress_svc_service_port` where it stands for one Ingress (haproxytech/kubernetes-ingress, pkg/service/service.go);
 * HAProxy Ingress `namespace_service_port` (jcmoraisjr/haproxy-ingress, pkg/haproxy/types/backends.go), which is read where the
 * port is a number: with a name, anybody's backend may be called so. Older ones joined by dashes name no service for certain.
 */
const BACKEND = /^([a-z0-9-]+)_(?:(?:[a-z0-9.-]+_)?svc_([a-z0-9-]+)_[a-z0-9-]+|([a-z0-9-]+)_\d+)$/;

export const haproxy = ingressDialect({
  id: 'haproxy',
  title: 'HAProxy metrics',
  requests: {
    metric: 'haproxy_backend_http_responses_total',
    matchers: [
      {
        label: 'proxy',
        is: 'pattern',
        values: ['[^_]+_([^_]+_)?svc_[^_]+_[^_]+', '[^_]+_[^_]+_[0-9]+'],
      },
    ],
  },
  latency: null,
  callee: ['proxy'],
  status: 'code',
  itself: 'haproxy',
  toHosts(hosts) {
    const { names, namespaces } = clusterNamesOf(hosts);
    if (names.length === 0) return [];
    const space = namespaces.length === 0 ? '[^_]+' : `(${namespaces.map(quoteRegex).join('|')})`;
    const name = `(${names.map(quoteRegex).join('|')})`;
    const values = [`${space}_(([^_]+_)?svc_${name}_[^_]+|${name}_[0-9]+)`];
    return [[{ label: 'proxy', is: 'pattern', values }]];
  },
  hostOf({ proxy = '' }) {
    const [, namespace, ofSvc, ofPort] = BACKEND.exec(proxy) ?? [];
    const name = ofSvc ?? ofPort;
    return namespace && name ? `${name}.${namespace}.svc.cluster.local` : null;
  },
});

import type { Labels } from '../answers.ts';
import { clusterNamesOf } from '../hostNames.ts';
import type { Matcher } from '../promql.ts';
import { ingressDialect, waysToSay } from './ingress.ts';

/** Where each call went: a Service, and the namespace of the Ingress or VirtualServer that sent it there. */
const names = {
  callee: ['service', 'resource_namespace'],
  // The pod that answered.
  notOfCaller: ['pod_name'],
  status: 'code',
  itself: 'nginx-ingress',
  toHosts(hosts: readonly string[]): readonly (readonly Matcher[])[] {
    const { names: services, namespaces } = clusterNamesOf(hosts);
    if (services.length === 0) return [];
    const space: Matcher = { label: 'resource_namespace', is: 'oneOf', values: namespaces };
    return waysToSay('service').map((label): readonly Matcher[] => [
      { label, is: 'oneOf', values: services },
      ...(namespaces.length === 0 ? [] : [space]),
    ]);
  },
  hostOf({ service = '', resource_namespace: namespace = '' }: Labels): string | null {
    return /^[a-z0-9-]+$/.test(service) && namespace !== ''
      ? `${service}.${namespace}.svc.cluster.local`
      : null;
  },
} as const;

/**
 * NGINX Inc.'s controller (not the community's) counts answers with their times, in milliseconds, once `-enable-latency-metrics`
 * is set: by Service, status and pod (nginx/kubernetes-ingress, internal/metrics/collectors/latency.go, labels in
 * cmd/nginx-ingress/main.go; docs.nginx.com, Enable Prometheus metrics). Calls that found no instance are not among them, nor gRPC.
 */
export const nginxIngress = ingressDialect({
  ...names,
  id: 'nginx-ingress',
  title: 'NGINX Ingress Controller metrics',
  requests: { metric: 'nginx_ingress_controller_upstream_server_response_latency_ms_count', matchers: [] },
  latency: {
    metric: 'nginx_ingress_controller_upstream_server_response_latency_ms_bucket',
    matchers: [],
    unit: 'ms',
  },
});

/** The same with NGINX Plus, which counts answers by class without that setting, but no histogram of times. */
export const nginxPlusIngress = ingressDialect({
  ...names,
  id: 'nginx-plus-ingress',
  title: 'NGINX Plus Ingress Controller metrics',
  unless: ['nginx-ingress'],
  requests: { metric: 'nginx_ingress_nginxplus_upstream_server_responses', matchers: [] },
  latency: null,
});

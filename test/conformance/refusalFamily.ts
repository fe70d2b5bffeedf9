import { market, type MetricFamily, one, pod } from './metricFamily.ts';

const drop = (perSecond: number, labels: Readonly<Record<string, string>>, reason = 'POLICY_DENIED') =>
  one('hubble_drop_total', perSecond, { ...labels, reason, protocol: 'TCP' });
/** What policies refused, as Linkerd's proxies of the callees and Hubble of their nodes count it. */
export const refusals: MetricFamily = {
  title: 'Refused calls',
  series: [
    ...['cart-1', 'cart-2'].map((instance) =>
      one('inbound_http_authz_deny_total', 1.5, {
        ...{ namespace: market, deployment: 'cart', pod: instance },
        ...{ target_addr: '10.42.0.7:8080', target_ip: '10.42.0.7', target_port: '8080' },
        ...{ srv_group: 'policy.linkerd.io', srv_kind: 'server', srv_name: 'cart-http' },
        ...{ route_group: '', route_kind: 'default', route_name: 'default' },
        tls: 'true',
        client_id: 'web.market.serviceaccount.identity.linkerd.cluster.local',
      }),
    ),
    one('inbound_http_authz_deny_total', 1, {
      ...{ namespace: market, deployment: 'cart', pod: 'cart-1' },
      ...{ target_addr: '10.42.0.7:9090', target_ip: '10.42.0.7', target_port: '9090' },
      ...{ srv_group: '', srv_kind: 'default', srv_name: 'deny' },
      ...{ route_group: '', route_kind: 'default', route_name: 'default' },
      tls: 'no_identity',
      no_tls_reason: 'no_tls_from_remote',
    }),
    one('inbound_http_authz_deny_total', 0, {
      ...{ namespace: market, deployment: 'search', pod: 'search-1' },
      ...{ srv_group: 'policy.linkerd.io', srv_kind: 'server', srv_name: 'search-http' },
    }),
    drop(12, {
      ...{ source: 'web', source_namespace: market, source_workload: 'web' },
      ...{ destination: 'stock', destination_namespace: market, destination_workload: 'stock' },
    }),
    // A namesake elsewhere, and what no policy dropped.
    drop(7, {
      ...{ source: 'web', source_namespace: market, source_workload: 'web' },
      ...{ destination: 'stock', destination_namespace: 'other', destination_workload: 'stock' },
    }),
    drop(
      9,
      {
        ...{ source_namespace: market, source_workload: 'web' },
        ...{ destination_namespace: market, destination_workload: 'payment' },
      },
      'STALE_OR_UNROUTABLE_IP',
    ),
    drop(5, { source: `${market}/${pod}`, destination: `${market}/audit-0` }, 'Policy denied'),
  ],
  calls: {},
};

import { buckets, market, type MetricFamily, one, pod } from './metricFamily.ts';

const toCart = {
  direction: 'outbound',
  namespace: market,
  deployment: 'web',
  pod,
  authority: 'cart.market.svc.cluster.local:8080',
  tls: 'true',
  dst_namespace: market,
  dst_service: 'cart',
  dst_deployment: 'cart',
  dst_pod: 'cart-1',
};
const unmeshed = {
  direction: 'inbound',
  namespace: market,
  deployment: 'cart',
  pod: 'cart-1',
  tls: 'no_identity',
  no_tls_reason: 'no_tls_from_remote',
};
export const linkerd: MetricFamily = {
  title: 'Linkerd metrics',
  series: [
    one('response_total', 9, { ...toCart, classification: 'success', status_code: '200' }),
    one('response_total', 1, { ...toCart, classification: 'failure', status_code: '503' }),
    // Cart's own proxy counts the same calls.
    one('response_total', 10, {
      direction: 'inbound',
      namespace: market,
      deployment: 'cart',
      pod: 'cart-1',
      tls: 'true',
      classification: 'success',
      status_code: '200',
    }),
    ...buckets('response_latency_ms', 10, 20, toCart),
    // Of callers without a proxy, cart's own counts some; the scrape of that proxy and a probe are no calls.
    one('response_total', 4, {
      ...unmeshed,
      target_port: '8080',
      classification: 'success',
      status_code: '200',
    }),
    one('response_total', 1, {
      ...unmeshed,
      target_port: '8080',
      classification: 'failure',
      status_code: '500',
    }),
    one('response_total', 7, {
      ...unmeshed,
      target_port: '4191',
      classification: 'success',
      status_code: '200',
    }),
    one('response_total', 7, {
      ...unmeshed,
      target_port: '8080',
      route_name: 'probe',
      classification: 'success',
      status_code: '200',
    }),
    ...buckets('response_latency_ms', 5, 40, { ...unmeshed, target_port: '8080' }),
  ],
  calls: {
    'web > cart': { requests: 10, failed: 1, p50Ms: 20 },
    '? > cart': { requests: 5, failed: 1, p50Ms: 40 },
  },
};

const ofRoute = {
  namespace: market,
  deployment: 'web',
  pod,
  parent_group: 'core',
  parent_kind: 'Service',
  parent_namespace: market,
  parent_name: 'cart',
  parent_port: '8080',
  route_group: 'policy.linkerd.io',
  route_kind: 'HTTPRoute',
  route_name: 'cart-canary',
};
const toBackend = { backend_kind: 'Service', backend_namespace: market, backend_name: 'stock' };
/** Where the protocol's own metrics are dropped: by the backend that a route chose, or by its parent. */
export const linkerdRoutes: MetricFamily = {
  title: 'Linkerd metrics of HTTP routes',
  series: [
    one('outbound_http_route_backend_response_statuses_total', 6, {
      ...ofRoute,
      backend_kind: 'default',
      http_status: '200',
      error: '',
    }),
    one('outbound_http_route_backend_response_statuses_total', 2, {
      ...ofRoute,
      ...toBackend,
      http_status: '503',
      error: '',
    }),
    one('outbound_http_route_backend_response_statuses_total', 1, {
      ...ofRoute,
      ...toBackend,
      http_status: '',
      error: 'REQUEST_TIMEOUT',
    }),
    ...buckets('outbound_http_route_backend_response_duration_seconds', 6, 0.02, {
      ...ofRoute,
      backend_kind: 'default',
    }),
  ],
  calls: {
    'web > cart': { requests: 6, failed: 0, p50Ms: 20 },
    'web > stock': { requests: 3, failed: 3, p50Ms: null },
  },
};

const toStock = {
  source: 'market/web',
  destination: 'market/stock',
  source_namespace: market,
  source_workload: 'web',
  destination_namespace: market,
  destination_workload: 'stock',
  method: 'GET',
};
const hubbleSides = ['client', 'server'].flatMap((reporter) => [
  one('hubble_http_requests_total', 7, { ...toStock, protocol: 'HTTP/1.1', status: '200', reporter }),
  one('hubble_http_requests_total', 1, { ...toStock, protocol: 'HTTP/1.1', status: '500', reporter }),
  ...buckets('hubble_http_request_duration_seconds', 8, 0.04, { ...toStock, reporter }),
]);
export const hubble: MetricFamily = {
  title: 'Hubble metrics',
  series: [
    ...hubbleSides,
    // With contexts alone, and from outside the cluster.
    one('hubble_http_requests_total', 2, {
      source: 'reserved:world',
      destination: 'market/stock',
      method: 'GET',
      protocol: 'HTTP/1.1',
      status: '200',
      reporter: 'server',
    }),
  ],
  calls: {
    'web > stock': { requests: 8, failed: 1, p50Ms: 40 },
    '? > stock': { requests: 2, failed: 0, p50Ms: null },
  },
};

/** Counts answers apart from requests, and says nothing of who reports. */
export const olderHubble: MetricFamily = {
  title: 'Hubble metrics',
  series: [
    one('hubble_http_requests_total', 6, {
      source: 'market/web-5c9d7-x2x4z',
      destination: 'market/stock-1',
      method: 'GET',
      protocol: 'HTTP/1.1',
    }),
    ...['200', '502'].map((status, i) =>
      one('hubble_http_responses_total', i === 0 ? 4 : 2, {
        source: 'market/web-5c9d7-x2x4z',
        destination: 'market/stock-1',
        method: 'GET',
        status,
      }),
    ),
  ],
  calls: { 'web > stock': { requests: 6, failed: 2, p50Ms: null } },
};

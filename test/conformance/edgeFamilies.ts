import { buckets, type GrowingSeries, market, type MetricFamily, one } from './metricFamily.ts';

const ingressed = {
  controller_class: 'k8s.io/ingress-nginx',
  controller_namespace: market,
  controller_pod: 'ingress-nginx-controller-1',
  method: 'GET',
  path: '/',
};
const toWeb = { ...ingressed, ingress: 'shop', exported_namespace: market, exported_service: 'web' };
const ingressNginx: MetricFamily = {
  title: 'ingress-nginx metrics',
  series: [
    one('nginx_ingress_controller_requests', 12, { ...toWeb, namespace: 'ingress', status: '200' }),
    one('nginx_ingress_controller_requests', 2, { ...toWeb, namespace: 'ingress', status: '500' }),
    ...buckets('nginx_ingress_controller_request_duration_seconds', 14, 0.05, {
      ...toWeb,
      namespace: 'ingress',
      status: '200',
    }),
    // What no rule fits.
    one('nginx_ingress_controller_requests', 3, { ...ingressed, namespace: '', service: '', status: '404' }),
  ],
  calls: { 'ingress-nginx-controller > web': { requests: 14, failed: 2, p50Ms: 50 } },
};

/** What the real one counted is in test/peers/traefik.peers.ts. */
const traefiked = { job: 'traefik', namespace: market, pod: 'traefik-1', method: 'GET', protocol: 'http' };
const toFront = { ...traefiked, service: 'market-front-http-web@kubernetes' };
const traefik: MetricFamily = {
  title: 'Traefik metrics',
  series: [
    one('traefik_service_requests_total', 5, { ...toFront, code: '200' }),
    one('traefik_service_requests_total', 1, { ...toFront, code: '502' }),
    ...buckets('traefik_service_request_duration_seconds', 6, 0.03, { ...toFront, code: '200' }),
    one('traefik_service_requests_total', 3, {
      ...traefiked,
      // A ServiceMonitor's own label has the name then.
      service: 'traefik',
      exported_service: 'market-front-api-80@kubernetescrd',
      code: '200',
    }),
    // Its own pages.
    one('traefik_service_requests_total', 9, { ...traefiked, service: 'api@internal', code: '200' }),
  ],
  calls: {
    'traefik > front': { requests: 6, failed: 1, p50Ms: 30 },
    'traefik > front-api': { requests: 3, failed: 0, p50Ms: null },
  },
};

/** A gateway of Spring Cloud that is scraped as a pod; test/peers/springGateway.peers.ts has what a real one exposes. */
const gateway = {
  ...{ job: 'kubernetes-pods', namespace: market, pod: 'spring-gateway-1', app: 'spring-gateway' },
  httpMethod: 'GET',
};
const routed = (routeUri: string, perSecond: number, httpStatusCode = '200'): GrowingSeries =>
  one('spring_cloud_gateway_requests_seconds_count', perSecond, {
    ...gateway,
    ...{ routeId: 'a-route', routeUri, httpStatusCode },
    outcome: httpStatusCode === '200' ? 'SUCCESSFUL' : 'SERVER_ERROR',
    status: httpStatusCode === '200' ? 'OK' : 'BAD_GATEWAY',
  });
const springGateway: MetricFamily = {
  title: 'Spring Cloud Gateway metrics',
  series: [
    routed('lb://PRICES', 6),
    routed('lb://PRICES', 2, '502'),
    routed('http://rates.market.svc.cluster.local:8080/v1', 3),
    ...buckets('spring_cloud_gateway_requests_seconds', 8, 0.02, { ...gateway, routeUri: 'lb://PRICES' }),
    // Its own pages.
    routed('forward:/fallback', 4),
    routed('no://op', 4),
  ],
  calls: {
    'spring-gateway > prices': { requests: 8, failed: 2, p50Ms: 20 },
    'spring-gateway > rates': { requests: 3, failed: 0, p50Ms: null },
  },
};

const envoy = { job: 'kubernetes-pods', namespace: market, pod: 'contour-1', app: 'contour' };
const toBasket = { ...envoy, envoy_cluster_name: 'market_basket_8080' };
const contour: MetricFamily = {
  title: 'Contour’s Envoy metrics',
  series: [
    one('envoy_cluster_upstream_rq', 7, { ...toBasket, envoy_response_code: '200' }),
    one('envoy_cluster_upstream_rq', 1, { ...toBasket, envoy_response_code: '503' }),
    ...buckets('envoy_cluster_upstream_rq_time', 8, 25, toBasket),
    // What it asks its own control plane.
    one('envoy_cluster_upstream_rq', 2, {
      ...envoy,
      envoy_cluster_name: 'contour',
      envoy_response_code: '200',
    }),
  ],
  calls: { 'contour > basket': { requests: 8, failed: 1, p50Ms: 25 } },
};

/** Scraped by a ServiceMonitor, whose own label takes the name of Kong's. */
const konged = { job: 'kong', namespace: market, pod: 'kong-1', service: 'kong', workspace: 'default' };
const toOffers = {
  ...konged,
  exported_service: 'market.offers.http',
  route: 'market.shop.offers.shop.example.http',
};
const kong: MetricFamily = {
  title: 'Kong metrics',
  series: [
    one('kong_http_requests_total', 5, { ...toOffers, code: '200', source: 'service', consumer: '' }),
    one('kong_http_requests_total', 1, { ...toOffers, code: '502', source: 'kong', consumer: '' }),
    ...buckets('kong_upstream_latency_ms', 6, 50, toOffers),
    // Of an HTTPRoute, and of a Service that somebody called like a host.
    one('kong_http_requests_total', 3, {
      ...konged,
      exported_service: 'httproute.market.offers.0',
      route: 'httproute.market.offers.0.0',
      code: '200',
    }),
    one('kong_http_requests_total', 3, {
      ...konged,
      exported_service: 'api.bank.example',
      route: 'bank',
      code: '200',
    }),
  ],
  calls: { 'kong > offers': { requests: 6, failed: 1, p50Ms: 50 } },
};

const haproxied = { job: 'haproxy', namespace: market, pod: 'haproxy-1', app: 'haproxy' };
const haproxy: MetricFamily = {
  title: 'HAProxy metrics',
  series: [
    one('haproxy_backend_http_responses_total', 4, {
      ...haproxied,
      proxy: 'market_svc_orders_http',
      code: '2xx',
    }),
    one('haproxy_backend_http_responses_total', 1, {
      ...haproxied,
      proxy: 'market_svc_orders_http',
      code: '5xx',
    }),
    one('haproxy_backend_http_responses_total', 2, {
      ...haproxied,
      proxy: 'market_returns_8080',
      code: '2xx',
    }),
    // Its own pages, and what nobody can take apart.
    one('haproxy_backend_http_responses_total', 9, { ...haproxied, proxy: 'stats', code: '2xx' }),
    one('haproxy_backend_http_responses_total', 9, { ...haproxied, proxy: 'market-orders-80', code: '2xx' }),
  ],
  calls: {
    'haproxy > orders': { requests: 5, failed: 1, p50Ms: null },
    'haproxy > returns': { requests: 2, failed: 0, p50Ms: null },
  },
};

const nginxed = { job: 'nginx-ingress', namespace: market, pod: 'nginx-ingress-1', app: 'nginx-ingress' };
const toPosts = {
  ...nginxed,
  class: 'nginx',
  ...{ service: 'posts', resource_type: 'ingress', resource_name: 'shop', resource_namespace: market },
  ...{ upstream: 'market-shop-shop.example-posts-80', server: '10.42.0.9:8080', pod_name: 'posts-1' },
};
const latencyMs = 'nginx_ingress_controller_upstream_server_response_latency_ms';
const nginxIngress: MetricFamily = {
  title: 'NGINX Ingress Controller metrics',
  series: [
    one(`${latencyMs}_count`, 3, { ...toPosts, code: '200' }),
    one(`${latencyMs}_count`, 1, { ...toPosts, code: '500' }),
    ...buckets(latencyMs, 4, 40, { ...toPosts, code: '200' }),
  ],
  calls: { 'nginx-ingress > posts': { requests: 4, failed: 1, p50Ms: 40 } },
};

/** With NGINX Plus where times are not counted. */
export const nginxPlusIngress: MetricFamily = {
  title: 'NGINX Plus Ingress Controller metrics',
  series: ['2xx', '4xx', '5xx'].map((code, i) =>
    one('nginx_ingress_nginxplus_upstream_server_responses', 3 - i, { ...toPosts, code }),
  ),
  calls: { 'nginx-ingress > posts': { requests: 6, failed: 1, p50Ms: null } },
};

/** Proxies at the edge. */
export const edgeFamilies: readonly MetricFamily[] = [
  ingressNginx,
  traefik,
  springGateway,
  contour,
  kong,
  haproxy,
  nginxIngress,
];

export const edgeServices = [
  ...['ingress-nginx-controller', 'traefik', 'front', 'front-api'],
  ...['spring-gateway', 'prices', 'rates', 'contour', 'basket', 'kong', 'offers'],
  ...['haproxy', 'orders', 'returns', 'nginx-ingress', 'posts'],
] as const;

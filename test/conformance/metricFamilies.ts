import { edgeFamilies, edgeServices } from './edgeFamilies.ts';
import { buckets, type MetricFamily, one } from './metricFamily.ts';

const market = 'market';
const pod = 'web-5c9d7-x2x4z';

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
const linkerd: MetricFamily = {
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
const hubble: MetricFamily = {
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

const graph = 'traces_service_graph_request';
const edge = (client: string, server: string, connection_type = ''): Record<string, string> => ({
  client,
  server,
  connection_type,
});
const serviceGraph: MetricFamily = {
  title: 'OpenTelemetry service graph',
  series: [
    one(`${graph}_total`, 6, edge('web', 'payment')),
    one(`${graph}_failed_total`, 1.5, edge('web', 'payment')),
    ...buckets(`${graph}_server_seconds`, 6, 0.01, edge('web', 'payment')),
    one(`${graph}_total`, 2, edge('user', 'payment', 'virtual_node')),
    one(`${graph}_total`, 3, edge('web', 'accounts', 'database')),
    one(`${graph}_total`, 1, edge('web', 'audit', 'messaging_system')),
    one(`${graph}_total`, 5, edge('web', 'cart')),
  ],
  calls: {
    'web > payment': { requests: 6, failed: 1.5, p50Ms: 10 },
    '? > payment': { requests: 2, failed: 0, p50Ms: null },
    'web > accounts (database)': { requests: 3, failed: 0, p50Ms: null },
    'web > audit': { requests: 1, failed: 0, p50Ms: null },
    'web > cart': { requests: 5, failed: 0, p50Ms: null },
  },
};

/** The same counts with the unit that connectors had before. */
export const olderServiceGraph: MetricFamily = {
  title: 'OpenTelemetry service graph',
  series: [
    one(`${graph}_total`, 6, edge('web', 'payment')),
    ...buckets(`${graph}_server_milliseconds`, 6, 10, edge('web', 'payment')),
  ],
  calls: { 'web > payment': { requests: 6, failed: 0, p50Ms: 10 } },
};

const scraped = { job: 'kubernetes-pods', namespace: market, pod, app: 'web' };
const toSearch = {
  ...scraped,
  http_request_method: 'GET',
  server_address: 'search.market.svc.cluster.local',
  server_port: '8080',
};
const otelClient: MetricFamily = {
  title: 'OpenTelemetry HTTP client metrics',
  series: [
    one('http_client_request_duration_seconds_count', 4, { ...toSearch, http_response_status_code: '200' }),
    one('http_client_request_duration_seconds_count', 1, { ...toSearch, error_type: 'timeout' }),
    ...buckets('http_client_request_duration_seconds', 5, 0.1, toSearch),
    one('http_client_request_duration_seconds_count', 5, {
      ...scraped,
      server_address: 'cart',
      http_response_status_code: '200',
    }),
    // Its sidecar or agent: nobody's call.
    one('http_client_request_duration_seconds_count', 8, {
      ...scraped,
      server_address: 'localhost',
      http_response_status_code: '200',
    }),
  ],
  calls: {
    'web > search': { requests: 5, failed: 1, p50Ms: 100 },
    'web > cart': { requests: 5, failed: 0, p50Ms: null },
  },
};

/** Through a collector, whose own pod the scrape names. */
const throughCollector = {
  job: 'otel-collector',
  namespace: 'observability',
  pod: 'otel-collector-0',
  exported_job: 'market/web',
};
const olderOtelClient: MetricFamily = {
  title: 'OpenTelemetry HTTP client metrics (older names)',
  series: [
    one('http_client_duration_milliseconds_count', 2, {
      ...throughCollector,
      net_peer_name: 'mail',
      http_status_code: '200',
    }),
    ...buckets('http_client_duration_milliseconds', 2, 30, { ...throughCollector, net_peer_name: 'mail' }),
  ],
  calls: { 'web > mail': { requests: 2, failed: 0, p50Ms: 30 } },
};

const toBilling = {
  job: 'web',
  namespace: market,
  service: 'web',
  client_name: 'billing',
  method: 'POST',
  uri: '/bills/{id}',
  exception: 'none',
};
const micrometerClient: MetricFamily = {
  title: 'Micrometer HTTP client metrics',
  series: [
    one('http_client_requests_seconds_count', 3, {
      ...toBilling,
      error: 'none',
      outcome: 'SUCCESS',
      status: '200',
    }),
    one('http_client_requests_seconds_count', 0.5, {
      ...toBilling,
      error: 'ConnectException',
      outcome: 'UNKNOWN',
      status: 'CLIENT_ERROR',
    }),
  ],
  calls: { 'web > billing': { requests: 3.5, failed: 0.5, p50Ms: null } },
};

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

const paid = {
  job: 'payment',
  namespace: market,
  service: 'payment',
  pod: 'payment-1',
  uri: '/pay/{id}',
};
const micrometerServer: MetricFamily = {
  title: 'Micrometer HTTP server metrics',
  series: [
    one('http_server_requests_seconds_count', 18.5, { ...paid, status: '200', error: 'none' }),
    one('http_server_requests_seconds_count', 1.5, { ...paid, status: '500', error: 'none' }),
    one('http_server_requests_seconds_count', 1, {
      job: 'payment',
      namespace: market,
      service: 'payment',
      pod: 'payment-1',
      uri: '/actuator/prometheus',
      status: '200',
      error: 'none',
    }),
  ],
  calls: { '? > payment': { requests: 20, failed: 1.5, p50Ms: null } },
};

const served = (app: string): Record<string, string> => ({
  job: 'kubernetes-pods',
  namespace: market,
  pod: `${app}-1`,
  app,
  http_route: '/things',
});
const otelServer: MetricFamily = {
  title: 'OpenTelemetry HTTP server metrics',
  series: [
    one('http_server_request_duration_seconds_count', 14, {
      ...served('cart'),
      http_response_status_code: '200',
    }),
    one('http_server_request_duration_seconds_count', 1, {
      ...served('cart'),
      http_response_status_code: '500',
    }),
    ...buckets('http_server_request_duration_seconds', 15, 0.02, served('cart')),
    one('http_server_request_duration_seconds_count', 12, {
      ...served('stock'),
      http_response_status_code: '200',
    }),
  ],
  calls: {
    '? > cart': { requests: 15, failed: 1, p50Ms: 20 },
    '? > stock': { requests: 12, failed: 0, p50Ms: null },
  },
};

/** All that one Prometheus can hold at once. */
export const families: readonly MetricFamily[] = [
  linkerd,
  hubble,
  serviceGraph,
  otelClient,
  olderOtelClient,
  micrometerClient,
  ingressNginx,
  traefik,
  ...edgeFamilies,
  otelServer,
  micrometerServer,
];

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

/** The services that these calls lie between, each with one instance. */
export const marketServices = [
  'web',
  'cart',
  'stock',
  'payment',
  'audit',
  'search',
  'mail',
  'billing',
  'ingress-nginx-controller',
  'traefik',
  'front',
  'front-api',
  ...edgeServices,
] as const;

import { buckets, market, type MetricFamily, one, pod } from './metricFamily.ts';

const graph = 'traces_service_graph_request';
const edge = (client: string, server: string, connection_type = ''): Record<string, string> => ({
  client,
  server,
  connection_type,
});
export const serviceGraph: MetricFamily = {
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
export const otelClient: MetricFamily = {
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
export const olderOtelClient: MetricFamily = {
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
export const micrometerClient: MetricFamily = {
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

const paid = {
  job: 'payment',
  namespace: market,
  service: 'payment',
  pod: 'payment-1',
  uri: '/pay/{id}',
};
export const micrometerServer: MetricFamily = {
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
export const otelServer: MetricFamily = {
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

import { clientDialect, serverDialect } from './httpPrograms.ts';

/** Names of OpenTelemetry's semantic conventions since 1.23, in seconds; and those before, in milliseconds. */
export const otelClient = clientDialect({
  id: 'otel-client',
  title: 'OpenTelemetry HTTP client metrics',
  metric: 'http_client_request_duration_seconds',
  unit: 's',
  // `peer.service` became `service.peer.name`; neither is set unless somebody sets it.
  peer: ['service_peer_name', 'peer_service', 'server_address'],
  status: 'http_response_status_code',
  error: 'error_type',
});

/** As its JavaScript exporter writes them (seen with 0.301): the unit is in a comment, not in the name. */
export const plainOtelClient = clientDialect({
  id: 'otel-client-plain',
  title: 'OpenTelemetry HTTP client metrics (no unit in their names)',
  metric: 'http_client_request_duration',
  unit: 's',
  peer: ['service_peer_name', 'peer_service', 'server_address'],
  status: 'http_response_status_code',
  error: 'error_type',
});

export const olderOtelClient = clientDialect({
  id: 'otel-client-older',
  title: 'OpenTelemetry HTTP client metrics (older names)',
  metric: 'http_client_duration_milliseconds',
  unit: 'ms',
  peer: ['peer_service', 'net_peer_name'],
  status: 'http_status_code',
  error: 'error_type',
});

export const otelServer = serverDialect({
  id: 'otel-server',
  title: 'OpenTelemetry HTTP server metrics',
  metric: 'http_server_request_duration_seconds',
  unit: 's',
  path: 'http_route',
  status: 'http_response_status_code',
  error: 'error_type',
});

export const plainOtelServer = serverDialect({
  id: 'otel-server-plain',
  title: 'OpenTelemetry HTTP server metrics (no unit in their names)',
  metric: 'http_server_request_duration',
  unit: 's',
  path: 'http_route',
  status: 'http_response_status_code',
  error: 'error_type',
});

export const olderOtelServer = serverDialect({
  id: 'otel-server-older',
  title: 'OpenTelemetry HTTP server metrics (older names)',
  metric: 'http_server_duration_milliseconds',
  unit: 'ms',
  path: 'http_route',
  status: 'http_status_code',
  error: 'error_type',
});

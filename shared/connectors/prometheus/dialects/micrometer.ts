import { clientDialect, serverDialect } from './httpPrograms.ts';

/**
 * Micrometer's HTTP timers, as Spring Boot and Quarkus have them. A client is named by the host it was given, which behind a
 * load balancer is the service's name; buckets are there only where `percentiles-histogram` is on.
 */
export const micrometerClient = clientDialect({
  id: 'micrometer-client',
  title: 'Micrometer HTTP client metrics',
  metric: 'http_client_requests_seconds',
  unit: 's',
  // Spring Boot 2 and Quarkus leave the tag as it is called in Java.
  peer: ['client_name', 'clientName'],
  status: 'status',
  error: 'error',
});

export const micrometerServer = serverDialect({
  id: 'micrometer-server',
  title: 'Micrometer HTTP server metrics',
  metric: 'http_server_requests_seconds',
  unit: 's',
  path: 'uri',
  status: 'status',
  error: 'error',
});

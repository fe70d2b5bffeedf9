import type { ProxyState } from './ejection.ts';
import type { Limits } from './clusterPolicy.ts';

/** One statistic of Envoy's clusters under its Prometheus name. */
export interface EnvoyMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** Its name before Prometheus, behind `cluster.NAME;.` */
  readonly stat: string;
  readonly of: (look: Look) => number;
}

/** A cluster at one moment, as one proxy has it. */
export interface Look {
  readonly proxy: ProxyState;
  readonly limits: Limits;
  readonly ejected: number;
  readonly active: number;
  readonly pending: number;
  readonly connections: number;
}

/** What stands for "no limit": Istio sets the largest number there is instead of Envoy's own defaults. */
const unlimited = 4_294_967_295;

const remaining = (limit: number | null, used: number): number => Math.max(0, (limit ?? unlimited) - used);
const full = (limit: number | null, used: number): number => (limit !== null && used >= limit ? 1 : 0);

const metricOf =
  (type: EnvoyMetric['type'], prefix = '') =>
  (stat: string, help: string, of: EnvoyMetric['of']): EnvoyMetric => ({
    name: `envoy_cluster_${`${prefix}${stat}`.replaceAll('.', '_')}`,
    type,
    help,
    of,
    stat: `${prefix}${stat}`,
  });
const gauge = metricOf('gauge');
const counter = metricOf('counter');
const breaker = metricOf('gauge', 'circuit_breakers.default.');
const ejection = metricOf('counter', 'outlier_detection.ejections_');

/** What every cluster has. */
export const breakers: readonly EnvoyMetric[] = [
  breaker('cx_open', 'Whether the limit on connections is reached.', (look) =>
    full(look.limits.connections, look.connections),
  ),
  breaker('cx_pool_open', 'Whether the limit on connection pools is reached.', () => 0),
  breaker('rq_pending_open', 'Whether the limit on waiting requests is reached.', (look) =>
    full(look.limits.pending, look.pending),
  ),
  breaker('rq_open', 'Whether the limit on requests is reached.', (look) =>
    full(look.limits.requests, look.active),
  ),
  breaker('rq_retry_open', 'Whether the limit on retries is reached.', () => 0),
  breaker('remaining_cx', 'Connections left until the limit.', (look) =>
    remaining(look.limits.connections, look.connections),
  ),
  breaker('remaining_cx_pools', 'Connection pools left until the limit.', () => unlimited),
  breaker('remaining_pending', 'Waiting requests left until the limit.', (look) =>
    remaining(look.limits.pending, look.pending),
  ),
  breaker('remaining_rq', 'Requests left until the limit.', (look) =>
    remaining(look.limits.requests, look.active),
  ),
  breaker('remaining_retries', 'Retries left until the limit.', () => unlimited),
  gauge('upstream_cx_active', 'Connections now.', (look) => look.connections),
  gauge('upstream_rq_active', 'Requests under way now.', (look) => look.active),
  gauge('upstream_rq_pending_active', 'Requests that wait for a connection now.', (look) => look.pending),
  counter('upstream_rq_total', 'Requests.', (look) => look.proxy.requests),
  counter(
    'upstream_rq_pending_overflow',
    'Requests refused because a limit was reached.',
    (look) => look.proxy.overflows,
  ),
  counter('upstream_rq_retry', 'Requests that were tried again.', (look) => look.proxy.retries),
  counter('upstream_rq_timeout', 'Requests that got no answer in time.', (look) => look.proxy.timeouts),
];

/** Only a cluster with outlier detection has these. */
export const ejections: readonly EnvoyMetric[] = [
  gauge('outlier_detection.ejections_active', 'Instances that are left out now.', (look) => look.ejected),
  ejection('enforced_total', 'Ejections.', (look) => look.proxy.ejections),
  ejection('enforced_consecutive_5xx', 'Ejections for failures in a row.', (look) => look.proxy.ejections5xx),
  ejection(
    'enforced_consecutive_gateway_failure',
    'Ejections for gateway failures in a row.',
    (look) => look.proxy.ejectionsGateway,
  ),
  ejection('overflow', 'Ejections that would have left out too many.', (look) => look.proxy.ejectionsRefused),
];

/** Every metric there is, for those who describe them. */
export const envoyMetrics: readonly EnvoyMetric[] = [...breakers, ...ejections];

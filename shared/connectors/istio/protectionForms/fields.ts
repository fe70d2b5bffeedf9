import type { FieldSpec as CommonField, Section } from '../../kit/formFields.ts';

/** A field as Istio's documents have it. */
export interface FieldSpec extends CommonField {
  /** Zero reads as "unset" to Istio: what that means. */
  readonly zero: string | null;
}

const most = 2 ** 31 - 1;
/** "There isn't a way to distinguish between unset values and zero values" (istiod, cluster_traffic_policy.go). */
const unlimited = 'unlimited: Istio cannot tell 0 from unset';

function integer(
  key: string,
  help: string,
  unit: string | null,
  whenUnset: string,
  more: { readonly trap?: string; readonly zero?: string; readonly least?: number } = {},
): FieldSpec {
  return {
    key,
    title: nameOf(key),
    help,
    type: 'integer',
    unit,
    whenUnset,
    trap: more.trap ?? null,
    range: [more.least ?? 0, most],
    zero: more.zero ?? null,
  };
}

function duration(key: string, help: string, whenUnset: string, trap: string | null = null): FieldSpec {
  const unit = 'like 500ms, 2s or 1m30s';
  return {
    key,
    title: nameOf(key),
    help,
    type: 'duration',
    unit,
    whenUnset,
    trap,
    range: [0, 0],
    zero: null,
  };
}

function percent(key: string, help: string, whenUnset: string, trap: string, zero: string | null): FieldSpec {
  return {
    key,
    title: nameOf(key),
    help,
    type: 'percent',
    unit: '% of the instances',
    whenUnset,
    trap,
    range: [0, 100],
    zero,
  };
}

const nameOf = (key: string): string => key.slice(key.lastIndexOf('.') + 1);

/** Fields of a DestinationRule, from the rule itself or from one of its subsets on. */
export const policySections: readonly Section<FieldSpec>[] = [
  {
    title: 'Limits (connectionPool), counted by each calling proxy for itself',
    fields: [
      integer(
        'trafficPolicy.connectionPool.http.http2MaxRequests',
        'Requests under way at once, over HTTP/1.1 and HTTP/2 alike; more are refused with 503 (UO).',
        'requests',
        'no limit',
        { zero: unlimited, trap: '0 means unlimited, not none: a limit cannot stop all calls.' },
      ),
      integer(
        'trafficPolicy.connectionPool.http.http1MaxPendingRequests',
        'Requests that may wait for a connection; more are refused with 503 (UO).',
        'requests',
        'no limit',
        { zero: unlimited, trap: '0 means unlimited, not none.' },
      ),
      integer(
        'trafficPolicy.connectionPool.tcp.maxConnections',
        'Connections to the service at once; further requests wait for one.',
        'connections',
        'no limit',
        { zero: unlimited, trap: '0 means unlimited, not none.' },
      ),
      integer(
        'trafficPolicy.connectionPool.http.maxRetries',
        'Retries under way at once; further ones are not made, and the first answer goes back.',
        'retries',
        'no limit',
        { zero: unlimited, trap: '0 means unlimited, not none: retries are switched off on the route.' },
      ),
      integer(
        'trafficPolicy.connectionPool.http.maxRequestsPerConnection',
        'Requests over one connection before it is closed.',
        'requests',
        'no limit',
        {
          zero: 'unlimited, as when it is unset',
          trap: '1 switches keep-alive off: every request opens a connection.',
        },
      ),
      duration(
        'trafficPolicy.connectionPool.tcp.connectTimeout',
        'How long opening a connection may take.',
        '10s',
      ),
    ],
  },
  {
    title: 'Ejection (outlierDetection), decided by each calling proxy for itself',
    fields: [
      integer(
        'trafficPolicy.outlierDetection.consecutive5xxErrors',
        'An instance that answers so many 5xx in a row is left out.',
        'errors in a row',
        '5',
        { trap: '0 switches this detector off. Time-outs and refused connections count as 5xx too.' },
      ),
      integer(
        'trafficPolicy.outlierDetection.consecutiveGatewayErrors',
        'The same for 502, 503 and 504 only.',
        'errors in a row',
        'off',
        { trap: 'Has no effect unless it is smaller than consecutive5xxErrors.' },
      ),
      duration(
        'trafficPolicy.outlierDetection.interval',
        'How often proxies look whether an instance may come back.',
        '10s',
      ),
      duration(
        'trafficPolicy.outlierDetection.baseEjectionTime',
        'How long an instance is left out the first time; each further time so much longer.',
        '30s',
      ),
      percent(
        'trafficPolicy.outlierDetection.maxEjectionPercent',
        'At most so many of the instances are left out at once.',
        '10 %',
        '0 means unset, which is 10 %; and 10 % of fewer than ten instances is none at all.',
        'the 10 % that hold when it is unset',
      ),
      percent(
        'trafficPolicy.outlierDetection.minHealthPercent',
        'With fewer instances left than this, ejection is ignored and all get calls.',
        '0 %: never ignored',
        'With 50 of 2 instances, a single ejection is the last one that counts.',
        null,
      ),
    ],
  },
];

/** Fields of one http route of a VirtualService. */
export const routeSections: readonly Section<FieldSpec>[] = [
  {
    title: 'Time-out',
    fields: [
      duration(
        'timeout',
        'How long callers wait for an answer, all retries included; then they get 504 (UT).',
        'no time-out',
        'A time-out here does not stop the work: the service goes on with what it began.',
      ),
    ],
  },
  {
    title: 'Retries',
    fields: [
      integer(
        'retries.attempts',
        'How often a failed request is tried again.',
        'retries',
        '2, the mesh’s own',
        {
          trap: '0 switches retries off; unset leaves the mesh’s own two. Retries multiply along a path: two at each of three hops can make 27 requests of one.',
        },
      ),
      duration(
        'retries.perTryTimeout',
        'How long one try may take.',
        'the route’s time-out',
        'Tries × this must fit into the time-out, else the last tries are cut short.',
      ),
      {
        key: 'retries.retryOn',
        title: 'retryOn',
        help: 'What counts as failed, in Envoy’s words, joined by commas; statuses may stand among them.',
        type: 'text',
        unit: 'like connect-failure,refused-stream,503',
        whenUnset: 'connect-failure, refused-stream, unavailable, cancelled',
        trap: '5xx and reset also repeat requests that the service has begun: a payment may be made twice.',
        range: [0, 0],
        zero: null,
      },
    ],
  },
];

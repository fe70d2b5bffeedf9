import type { FieldSpec as CommonField, Section } from '../../kit/formFields.ts';

/** A field as Consul's entries have it. */
export interface FieldSpec extends CommonField {
  /** How its value stands in the entry. */
  readonly stored: 'number' | 'time' | 'text' | 'flag' | 'words' | 'codes';
}

const most = 2 ** 32 - 1;
/** Consul answers "true" and reads it back, and its proxies go on as before (1.20.5: 0 and nothing hash alike). */
const notZero =
  'It cannot be 0 here: that lets no call through. To stop calls, trip them: that is marked, and ends.';

const nameOf = (key: string): string => key.slice(key.lastIndexOf('.') + 1);

function limit(key: string, help: string, unit: string): FieldSpec {
  return {
    key: `Limits.${key}`,
    title: key,
    help,
    type: 'integer',
    unit,
    whenUnset: '1024, Envoy’s own',
    trap: notZero,
    range: [1, most],
    stored: 'number',
  };
}

function time(key: string, help: string, whenUnset: string, trap: string | null = null): FieldSpec {
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
    stored: 'time',
  };
}

function percent(key: string, help: string, unit: string, whenUnset: string, trap: string): FieldSpec {
  return {
    key,
    title: nameOf(key),
    help,
    type: 'percent',
    unit,
    whenUnset,
    trap,
    range: [0, 100],
    stored: 'number',
  };
}

function text(
  key: string,
  stored: FieldSpec['stored'],
  help: string,
  unit: string,
  whenUnset: string,
  trap: string | null = null,
): FieldSpec {
  return { key, title: nameOf(key), help, type: 'text', unit, whenUnset, trap, range: [0, 0], stored };
}

/** Of a caller's service-defaults, for one upstream or as defaults for all of them. */
export const callSections: readonly Section<FieldSpec>[] = [
  {
    title: 'Limits, counted by each of the caller’s proxies for itself',
    fields: [
      limit(
        'MaxConcurrentRequests',
        'Requests under way at once, over HTTP/1.1 and HTTP/2 alike; more are refused with 503 (UO).',
        'requests',
      ),
      limit(
        'MaxPendingRequests',
        'Requests that may wait for a connection; more are refused with 503 (UO).',
        'requests',
      ),
      limit(
        'MaxConnections',
        'Connections to the service at once; further requests wait for one.',
        'connections',
      ),
    ],
  },
  {
    title: 'Ejection (PassiveHealthCheck), decided by each of the caller’s proxies for itself',
    fields: [
      {
        key: 'PassiveHealthCheck.MaxFailures',
        title: 'MaxFailures',
        help: 'An instance that answers so many 5xx in a row is left out.',
        type: 'integer',
        unit: 'errors in a row',
        whenUnset: '5, Envoy’s own: Consul’s proxies always eject',
        trap: 'Time-outs and refused connections count as 5xx too.',
        range: [1, most],
        stored: 'number',
      },
      time('PassiveHealthCheck.Interval', 'How often proxies look whether an instance may come back.', '10s'),
      time(
        'PassiveHealthCheck.BaseEjectionTime',
        'How long an instance is left out the first time; each further time so much longer.',
        '30s',
      ),
      percent(
        'PassiveHealthCheck.MaxEjectionPercent',
        'At most so many of the instances are left out at once.',
        '% of the instances',
        '10 %',
        'One instance may always be left out, however few this allows.',
      ),
      percent(
        'PassiveHealthCheck.EnforcingConsecutive5xx',
        'How likely an instance that failed so often is really left out.',
        '% of the cases',
        '100 %',
        '0 switches this ejection off: nothing else does, since unset is Envoy’s own five errors in a row.',
      ),
    ],
  },
];

/** Of one route of a service-router. */
export const routeSections: readonly Section<FieldSpec>[] = [
  {
    title: 'Time-out',
    fields: [
      time(
        'RequestTimeout',
        'How long callers wait for an answer, all retries included; then they get 504 (UT).',
        '15s, Envoy’s own',
        'A time-out here does not stop the work: the service goes on with what it began.',
      ),
    ],
  },
  {
    title: 'Retries',
    fields: [
      {
        key: 'NumRetries',
        title: 'NumRetries',
        help: 'How often a failed request is tried again.',
        type: 'integer',
        unit: 'retries',
        whenUnset: '1 where something is named to retry on, else none',
        trap: 'Without anything to retry on nothing is retried. Retries multiply along a path: two at each of three hops can make 27 requests of one.',
        range: [1, 100],
        stored: 'number',
      },
      text(
        'RetryOnConnectFailure',
        'flag',
        'Tries again where no connection could be made: the service has seen nothing of the request.',
        'true or false',
        'false',
      ),
      text(
        'RetryOn',
        'words',
        'What else counts as failed, in Envoy’s words, joined by commas.',
        'like connect-failure,refused-stream',
        'nothing',
        '5xx, reset and gateway-error also repeat requests that the service has begun: a payment may be made twice.',
      ),
      text(
        'RetryOnStatusCodes',
        'codes',
        'Statuses that count as failed, joined by commas.',
        'like 502,503',
        'none',
        'The service may have done its work before it answered so.',
      ),
    ],
  },
];

/** Of a service-resolver, for all of its subsets. */
export const failoverSections: readonly Section<FieldSpec>[] = [
  {
    title: 'Failover: who answers while no instance passes its checks',
    fields: [
      text(
        'Service',
        'text',
        'Another service of this data centre that proxies send the calls to by themselves, and back as soon as an instance passes.',
        'a service’s name',
        'nobody: callers get 503 (UH)',
        'Errors that an instance answers are no reason: only checks that fail, or an ejection of every instance.',
      ),
      text(
        'ServiceSubset',
        'text',
        'The part of that service, or of this one where no service is named.',
        'a subset’s name',
        'its default',
      ),
    ],
  },
];

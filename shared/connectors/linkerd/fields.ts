import type { FieldSpec, Section } from '../kit/formFields.ts';
import { accrual, grpcConditions, retry, timeout } from './annotations.ts';

/** With one unit: nothing like 1m30s. */
const durationUnit = 'like 500ms, 2s or 1m';

const field = (
  key: string,
  title: string,
  type: FieldSpec['type'],
  help: string,
  whenUnset: string,
  more: Partial<Pick<FieldSpec, 'unit' | 'trap' | 'range'>> = {},
): FieldSpec => ({
  key,
  title,
  type,
  help,
  whenUnset,
  unit: type === 'duration' ? durationUnit : null,
  trap: null,
  range: [0, 0],
  ...more,
});

const accrualSection: Section = {
  title: 'Failure accrual (balancer.linkerd.io), counted by each calling proxy for itself',
  fields: [
    field(
      accrual.mode,
      'failure-accrual',
      'text',
      'When an instance is left out: “consecutive” after failures in a row, “unified” also by its success rate.',
      'no instance is ever left out',
      {
        unit: 'consecutive or unified',
        trap: 'An older Linkerd knows “consecutive” only, and then breaks nothing.',
      },
    ),
    field(
      accrual.failures,
      'consecutive-max-failures',
      'integer',
      'An instance that fails so often in a row is left out.',
      '7',
      { unit: 'failures in a row', range: [1, 4_294_967_295] },
    ),
    field(
      accrual.least,
      'consecutive-min-penalty',
      'duration',
      'How long an instance is left out at first; then one request of a caller tries it.',
      '1s',
      { trap: 'That one request is a real one: if it fails, its caller gets the failure.' },
    ),
    field(
      accrual.most,
      'consecutive-max-penalty',
      'duration',
      'How long an instance is left out at most, however often it was tried.',
      '1m',
    ),
    field(
      accrual.jitter,
      'consecutive-jitter-ratio',
      'text',
      'How much of each penalty is added by chance, so that callers do not all try at once.',
      '0.5',
      { unit: 'a number from 0 to 100' },
    ),
    field(
      accrual.rate,
      'success-rate-threshold',
      'text',
      'With fewer successes than this within the window an instance is left out.',
      '0.8',
      {
        unit: 'a number from 0 to 1',
        trap: 'Counts in mode “unified” only; 0 switches it off. Answers 429 count as failures.',
      },
    ),
    field(
      accrual.window,
      'success-rate-window',
      'duration',
      'The window that successes are counted in.',
      '10s',
      {
        trap: 'Counts in mode “unified” only.',
      },
    ),
    field(
      accrual.requests,
      'success-rate-min-requests',
      'integer',
      'With fewer requests within the window nothing is judged.',
      '5',
      {
        unit: 'requests',
        range: [0, 1_000_000],
        trap: 'Counts in mode “unified” only; 0 leaves an instance out at its first failure.',
      },
    ),
  ],
};

const http = field(
  retry.http,
  'http',
  'text',
  'Answers after which a request is sent again: statuses and ranges of them, joined by commas.',
  'nothing is sent again',
  {
    unit: 'like 5xx, gateway-error, 503 or 500-504',
    trap: 'These also repeat requests that the service has begun: a payment may be made twice. Bodies of more than 64 KiB are never sent again.',
  },
);
const grpc = field(
  retry.grpc,
  'grpc',
  'text',
  'Statuses of gRPC after which a call is sent again, joined by commas.',
  'nothing is sent again',
  {
    unit: 'like unavailable,internal',
    trap: `One of ${grpcConditions.join(', ')}. These also repeat calls that the service has begun.`,
  },
);
const retrySection = (conditions: readonly FieldSpec[]): Section => ({
  title: 'Retries (retry.linkerd.io)',
  fields: [
    ...conditions,
    field(retry.limit, 'limit', 'integer', 'How often one request is sent again at most.', '1', {
      unit: 'retries',
      range: [1, 65_535],
    }),
    field(
      retry.timeout,
      'timeout',
      'duration',
      'How long one try may take before the next begins.',
      'no time-out of a try',
    ),
  ],
});

const timeoutSection: Section = {
  title: 'Time-outs (timeout.linkerd.io)',
  fields: [
    field(
      timeout.request,
      'request',
      'duration',
      'How long a request and its answer may take, all retries included.',
      'no time-out',
      {
        trap: 'When it is over nothing is tried again.',
      },
    ),
    field(
      timeout.response,
      'response',
      'duration',
      'How long one instance’s answer may take.',
      'no time-out',
    ),
    field(timeout.idle, 'idle', 'duration', 'How long a stream may say nothing.', 'no time-out'),
  ],
};

/** What Linkerd reads from documents of one kind: failure accrual from Services alone, retries by what a route carries. */
export function sectionsFor(kind: string): readonly Section[] {
  switch (kind) {
    case 'HTTPRoute':
      return [retrySection([http]), timeoutSection];
    case 'GRPCRoute':
      return [retrySection([grpc]), timeoutSection];
    default:
      return [accrualSection, retrySection([http, grpc]), timeoutSection];
  }
}

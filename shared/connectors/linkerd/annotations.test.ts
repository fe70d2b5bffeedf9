import { expect, test } from 'vitest';
import {
  accrual,
  droppedParts,
  linkerdMs,
  readAccrual,
  readRetry,
  readTimeouts,
  retry,
  timeout,
} from './annotations.ts';

const of = (annotations: Readonly<Record<string, string>>) => new Map(Object.entries(annotations));

test.each([
  ['500ms', 500],
  ['2s', 2_000],
  ['1d', 86_400_000],
  [' 1m ', 60_000],
  ['0', 0],
  ['0s', 0],
  ['5', null],
  ['1m30s', null],
  ['0.5s', null],
  ['-1s', null],
  ['', null],
])('the duration “%s” is %s ms', (text, ms) => {
  expect(linkerdMs(text)).toBe(ms);
});

test('without a mode nothing of failure accrual counts, and with one the rest has its own values', () => {
  expect(readAccrual(of({ [accrual.failures]: '3' }))).toEqual({ state: 'unset' });
  expect(readAccrual(of({ [accrual.mode]: 'consecutive' }))).toEqual({
    state: 'read',
    value: { mode: 'consecutive', failures: 7, least: '1s', most: '1m', rate: null },
  });
  expect(readAccrual(of({ [accrual.mode]: 'unified', [accrual.rate]: '0.9' }))).toMatchObject({
    value: { rate: { threshold: 0.9, window: '10s', requests: 5 } },
  });
});

test.each([
  [{ [accrual.mode]: 'always' }],
  [{ [accrual.mode]: 'consecutive', [accrual.failures]: 'many' }],
  [{ [accrual.mode]: 'consecutive', [accrual.least]: '2m' }],
  [{ [accrual.mode]: 'consecutive', [accrual.most]: '0s', [accrual.least]: '0s' }],
  [{ [accrual.mode]: 'consecutive', [accrual.jitter]: '101' }],
  [{ [accrual.mode]: 'unified', [accrual.rate]: '1.5' }],
  [{ [accrual.mode]: 'unified', [accrual.window]: '5ms' }],
  [{ [retry.http]: '5xx, 503' }],
  [{ [retry.grpc]: 'aborted' }],
  [{ [retry.limit]: '70000' }],
  [{ [timeout.idle]: '10' }],
])('one value that cannot be read drops its whole part: %j', (annotations) => {
  expect(droppedParts(of(annotations))).toHaveLength(1);
});

test('what is left out of retries is one retry, and a zero counts as left out', () => {
  expect(readRetry(of({ [retry.http]: '500-504' }), 'http')).toEqual({
    state: 'read',
    value: { conditions: '500-504', limit: 1, timeout: null },
  });
  expect(readRetry(of({ [retry.limit]: '0', [retry.timeout]: '0s' }), 'http')).toEqual({ state: 'unset' });
  expect(readRetry(of({ [retry.http]: '503' }), 'grpc')).toEqual({ state: 'unset' });
});

test('time-outs are read one by one', () => {
  expect(readTimeouts(of({}))).toEqual({ state: 'unset' });
  expect(readTimeouts(of({ [timeout.request]: '3s' }))).toEqual({
    state: 'read',
    value: { request: '3s', response: null, idle: null },
  });
});

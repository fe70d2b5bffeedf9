import { expect, test } from 'vitest';
import type { CallSignals } from '../../../shared/model/signals.ts';
import { mayBeRefused } from './mayBeRefused.ts';

const fine: CallSignals = {
  requestsPerSecond: 100,
  failedPerSecond: 0,
  errorRatio: 0,
  p50Ms: 10,
  p90Ms: 20,
  p99Ms: 30,
  health: 'healthy',
  flags: {},
  neverArrivedRatio: 0,
  forbiddenRatio: 0,
};

test('of calls that all get their answer nothing is asked', () => {
  expect(mayBeRefused(fine)).toBe(false);
  expect(mayBeRefused(null)).toBe(false);
  expect(mayBeRefused({ ...fine, forbiddenRatio: null })).toBe(false);
  expect(mayBeRefused({ ...fine, flags: { FI: 0.2, UO: 0.1 } })).toBe(false);
});

test.each([
  ['that are answered 403, though no failure', { forbiddenRatio: 0.001 }],
  ['that fail', { health: 'failing' }],
  ['of which a few time out', { errorRatio: 0.004, flags: { UT: 0.004 } }],
  ['of which a few cannot connect', { errorRatio: 0.004, flags: { UF: 0.004 } }],
  ['that never arrive', { errorRatio: null, neverArrivedRatio: 0.002 }],
] as const)('of calls %s, policies are asked', (_, more) =>
  expect(mayBeRefused({ ...fine, ...more })).toBe(true),
);

test('what a trip answers on the way is nobody’s refusal', () =>
  expect(mayBeRefused({ ...fine, neverArrivedRatio: 1 })).toBe(false));

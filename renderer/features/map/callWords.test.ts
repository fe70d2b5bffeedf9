import { expect, test } from 'vitest';
import type { GraphCall } from '../../../shared/model/graph.ts';
import type { CallSignals } from '../../../shared/model/signals.ts';
import { shortCallLabel } from './callWords.ts';

const call: GraphCall = {
  id: 'a>b',
  callerId: 'a',
  calleeId: 'b',
  protocols: ['http'],
  asynchronous: false,
};
const failing = (errorRatio: number | null): CallSignals => ({
  requestsPerSecond: 10,
  failedPerSecond: null,
  errorRatio,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
  health: 'failing',
  flags: {},
  neverArrivedRatio: null,
  forbiddenRatio: null,
});

test('a call of which none fails is told apart from one of which nobody knows', () => {
  expect(shortCallLabel(call, failing(0.21))).toBe('21 %');
  expect(shortCallLabel(call, failing(0))).toBe('0 %');
  expect(shortCallLabel(call, failing(null))).toBe('–');
  expect(shortCallLabel(call, null)).toBe('–');
  expect(shortCallLabel({ ...call, asynchronous: true }, failing(0))).toBe('queue');
});

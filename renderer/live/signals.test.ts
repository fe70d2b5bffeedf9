import { expect, test } from 'vitest';
import type { ServiceSignals, SignalsTick } from '../../shared/model/signals.ts';
import { applyTicks, useSignals } from './signals.ts';

const signalsOf = (requestsPerSecond: number): ServiceSignals => ({
  requestsPerSecond,
  failedPerSecond: 0,
  errorRatio: 0,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
  health: 'healthy',
  reasons: [],
  versions: {},
});
const tickOf = (sequence: number, over: Partial<SignalsTick>): SignalsTick => ({
  sequence,
  full: false,
  provenance: [],
  services: {},
  calls: {},
  gone: { services: [], calls: [] },
  awaited: false,
  attention: [],
  ...over,
});

test('a tick gives new figures to what changed and leaves the rest the same object', () => {
  applyTicks([tickOf(0, { full: true, services: { a: signalsOf(1), b: signalsOf(2) } })], 1);
  const a = useSignals.getState().services.get('a');
  applyTicks([tickOf(1, { services: { b: signalsOf(3) } })], 2);
  const { services, sequence } = useSignals.getState();
  expect(services.get('a')).toBe(a);
  expect(services.get('b')?.requestsPerSecond).toBe(3);
  expect(sequence).toBe(1);
});

test('a full tick removes what it does not name', () => {
  applyTicks([tickOf(0, { full: true, services: { a: signalsOf(1), b: signalsOf(2) } })], 1);
  applyTicks([tickOf(5, { full: true, services: { b: signalsOf(2) } })], 2);
  expect([...useSignals.getState().services.keys()]).toEqual(['b']);
});

test('ticks that piled up are applied in order and told once', () => {
  applyTicks([tickOf(0, { full: true })], 1);
  let told = 0;
  const stop = useSignals.subscribe(() => {
    told += 1;
  });
  applyTicks(
    [tickOf(1, { services: { a: signalsOf(1) } }), tickOf(2, { gone: { services: ['a'], calls: [] } })],
    2,
  );
  stop();
  expect(told).toBe(1);
  expect(useSignals.getState().services.has('a')).toBe(false);
});

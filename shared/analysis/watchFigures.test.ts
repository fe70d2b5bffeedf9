import { expect, test } from 'vitest';
import type { ServiceSignals, Signals } from '../model/signals.ts';
import { firstWatch } from './watchDraft.ts';
import { watchFigures } from './watchFigures.ts';

const figures = (errorRatio: number): Signals => ({
  requestsPerSecond: 60,
  failedPerSecond: 60 * errorRatio,
  errorRatio,
  p50Ms: 20,
  p90Ms: 60,
  p99Ms: 100,
});
const signals: ServiceSignals = {
  ...figures(0.04),
  health: 'degraded',
  reasons: [],
  versions: { v1: figures(0.001), v2: figures(0.12) },
};
const of = (version: string | null, more: Partial<Parameters<typeof watchFigures>[1]> = {}) =>
  watchFigures(signals, { version, hadNone: false, mixed: false, ...more });

test('a version is judged by its own figures, and a service by its own', () => {
  expect(of('v2')).toEqual({ expected: signals.versions['v2'], present: signals.versions['v2'] });
  expect(of(null)).toEqual({ expected: signals, present: signals });
});

test('of a version without calls the service is expected, and nothing is broken', () => {
  expect(of('v3')).toEqual({ expected: signals, present: null });
  expect(of('v2', { hadNone: true })).toEqual({ expected: signals, present: null });
  expect(firstWatch(of('v3').expected, 'v3').conditions[0]).toMatchObject({ on: true, text: '8' });
});

test('figures that are in part of before the last change propose nothing', () => {
  const conditions = firstWatch(of('v2', { mixed: true }).expected, 'v2').conditions;
  expect(conditions.map(({ on }) => on)).toEqual([false, false, false]);
  expect(watchFigures(null, { version: 'v2', hadNone: false, mixed: false })).toEqual({
    expected: null,
    present: null,
  });
});

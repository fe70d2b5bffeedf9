import { expect, test } from 'vitest';
import type { Provenance } from '../../../shared/model/signals.ts';
import { ageOf } from './dataAge.ts';

const from = (newestSampleAt: number | null, observedAt = 100_000): Provenance => ({
  source: 'Prometheus',
  observedAt,
  newestSampleAt,
  windowSeconds: 60,
  problems: [],
});

test('without a source there is no age, not an age of nothing', () => {
  expect(ageOf([], 100_000)).toBeNull();
});

test('the age is that of the newest sample, not of the last answer', () => {
  expect(ageOf([from(91_000)], 100_000)).toEqual({ ms: 9_000, state: 'live' });
});

test('of several sources the oldest speaks', () => {
  expect(ageOf([from(99_000), from(30_000)], 100_000)).toEqual({ ms: 70_000, state: 'stale' });
});

test('a peer whose clock is ahead gives an age of zero', () => {
  expect(ageOf([from(105_000)], 100_000)?.ms).toBe(0);
});

import { expect, test } from 'vitest';
import { alertTone, callsForSomebody } from './alertTone.ts';

test.each([
  ['none', 'calm'],
  ['Info', 'calm'],
  ['warning', 'warn'],
  ['critical', 'bad'],
  ['page', 'bad'],
  [null, 'bad'],
])('an alert of severity %s is %s', (severity, tone) => {
  expect(alertTone({ severity })).toBe(tone);
});

test('a watchdog that fires for ever calls for nobody, nor does what is silenced', () => {
  expect(callsForSomebody({ phase: 'firing', severity: 'none' })).toBe(false);
  expect(callsForSomebody({ phase: 'silenced', severity: 'critical' })).toBe(false);
  expect(callsForSomebody({ phase: 'firing', severity: 'warning' })).toBe(true);
});

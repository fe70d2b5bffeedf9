import { expect, test } from 'vitest';
import { formatCount, formatLatency, formatRate, formatRatio, formatUtc } from './format.ts';

test('what the peer did not say is a dash, never a zero', () => {
  expect([formatRate(null), formatLatency(null), formatRatio(undefined)]).toEqual(['–', '–', '–']);
});

test('a measured zero is a zero', () => {
  expect([formatRate(0), formatRatio(0)]).toEqual(['0', '0 %']);
});

test('counts agree with their noun', () => {
  expect([formatCount(1, 'service'), formatCount(2, 'service')]).toEqual(['1 service', '2 services']);
});

test('a time on hover is UTC and says so', () => {
  expect(formatUtc(0)).toBe('1970-01-01 00:00:00 UTC');
});

import { expect, test } from 'vitest';
import { formatCount, formatLatency, formatRate, formatRatio, formatSpan, formatUtc } from './format.ts';

test('what the peer did not say is a dash, never a zero', () => {
  expect([formatRate(null), formatLatency(null), formatRatio(undefined)]).toEqual(['–', '–', '–']);
});

test('rates keep one digit only where it tells something', () => {
  expect([0, 0.01, 0.44, 6.2, 9, 211.6, 12_400].map(formatRate)).toEqual([
    '0',
    '< 0.1',
    '0.4',
    '6.2',
    '9',
    '212',
    '12 k',
  ]);
});

test('latency changes its unit where people would', () => {
  expect([0.4, 31.2, 999, 1_000, 4_880, 90_000].map(formatLatency)).toEqual([
    '0.4 ms',
    '31 ms',
    '999 ms',
    '1.0 s',
    '4.9 s',
    '1.5 min',
  ]);
});

test('a failure is never rounded down to nothing', () => {
  expect([0, 0.0002, 0.003, 0.0412, 0.21].map(formatRatio)).toEqual([
    '0 %',
    '< 0.1 %',
    '0.3 %',
    '4.1 %',
    '21 %',
  ]);
});

test('spans read as an operator says them', () => {
  expect([9_000, 240_000, 7_200_000, 300_000_000].map(formatSpan)).toEqual(['9 s', '4 min', '2 h', '3 d']);
});

test('counts agree with their noun', () => {
  expect([formatCount(1, 'service'), formatCount(2, 'service')]).toEqual(['1 service', '2 services']);
});

test('a time on hover is UTC and says so', () => {
  expect(formatUtc(0)).toBe('1970-01-01 00:00:00 UTC');
});

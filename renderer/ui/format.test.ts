import { afterEach, expect, test } from 'vitest';
import {
  formatClock,
  formatCount,
  formatDayAndClock,
  formatLatency,
  formatRate,
  formatRatio,
  formatUtc,
  tellTimesIn,
  zoneName,
  zoneOffset,
} from './format.ts';

afterEach(() => tellTimesIn(''));

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

test('times are told in the zone that was chosen, with the day where it is another there', () => {
  const at = Date.UTC(2026, 10, 22, 23, 9, 31);
  tellTimesIn('UTC');
  expect([formatClock(at), formatDayAndClock(at, at + 3_600_000)]).toEqual([
    '23:09',
    '22 Nov 2026, 23:09:31',
  ]);
  tellTimesIn('Europe/Berlin');
  expect([formatClock(at), formatDayAndClock(at, at + 3_600_000)]).toEqual(['00:09', '00:09:31']);
});

test('a zone is named by its city first, with how far it is ahead', () => {
  expect(zoneName('America/Argentina/Buenos_Aires')).toBe('Buenos Aires (America, Argentina)');
  expect(zoneName('UTC')).toBe('UTC');
  const winter = Date.UTC(2026, 0, 1);
  expect(['UTC', 'Asia/Kathmandu', 'America/St_Johns'].map((zone) => zoneOffset(zone, winter))).toEqual([
    'UTC',
    'UTC+5:45',
    'UTC−3:30',
  ]);
});

test('the window tells times by the zone that was chosen alone', () => {
  const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!**/*.test.*'], {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  expect(Object.keys(sources).length).toBeGreaterThan(300);
  const byItself =
    /toLocale(Time|Date)String\(|Date\([^)]*\)\.toLocaleString\(|toDateString\(|\.getTimezoneOffset\(|\.[gs]et(Hours|Minutes|Date)\(/;
  const found = Object.entries(sources).flatMap(([name, text]) => (byItself.test(text) ? [name] : []));
  expect(found).toEqual([]);
});

import { expect, test } from 'vitest';
import { timesIn } from './times.ts';

const at = Date.UTC(2026, 10, 22, 23, 9, 31);

test('one moment is told by the clocks of each zone, with their day', () => {
  const told = (zone: string): string => {
    const { day, clockSeconds } = timesIn(zone);
    return `${day(at)} ${clockSeconds(at)}`;
  };
  expect(told('UTC')).toBe('22 Nov 2026 23:09:31');
  expect(told('Europe/Berlin')).toBe('23 Nov 2026 00:09:31');
  expect(told('America/St_Johns')).toBe('22 Nov 2026 19:39:31');
  expect(timesIn('Asia/Kathmandu').clock(at)).toBe('04:54');
});

test('a zone is ahead of UTC by its summer time too', () => {
  const hours = (zone: string, moment: number): number => timesIn(zone).aheadMs(moment) / 3_600_000;
  expect(hours('UTC', at)).toBe(0);
  expect(hours('Europe/Berlin', at)).toBe(1);
  expect(hours('Europe/Berlin', Date.UTC(2026, 6, 1))).toBe(2);
  expect(hours('Asia/Kathmandu', at)).toBe(5.75);
  expect(hours('America/St_Johns', at)).toBe(-3.5);
});

test('a time of day is the latest such moment, across midnight and across a change of the clocks', () => {
  const berlin = timesIn('Europe/Berlin');
  const ofDay = (hours: number, minutes: number): number => (hours * 60 + minutes) * 60_000;
  expect(berlin.lastAt(ofDay(0, 5), at)).toBe(Date.UTC(2026, 10, 22, 23, 5));
  expect(berlin.lastAt(ofDay(23, 50), at)).toBe(Date.UTC(2026, 10, 22, 22, 50));
  // The clocks went back at 01:00 UTC: at four in the morning, half past one was an hour further from midnight.
  const afterTheChange = Date.UTC(2026, 9, 25, 3, 0);
  expect(berlin.lastAt(ofDay(1, 30), afterTheChange)).toBe(Date.UTC(2026, 9, 24, 23, 30));
});

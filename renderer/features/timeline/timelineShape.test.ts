import { expect, test } from 'vitest';
import type { Mark } from '../../../shared/model/signals.ts';
import { areaPath, clockTicks, markPlaces } from './timelineShape.ts';

const scale = { from: 0, until: 900_000, widthPx: 900, top: 0, bottom: 100 };
const markAt = (at: number, title = 'v2'): Mark => ({
  at,
  kind: 'operation',
  title,
  serviceId: null,
  operationId: null,
});

test('a gap in the values is a gap in the area', () => {
  expect(areaPath([1, 1, null, 1], 0, 60, 1, scale).match(/M/g)).toHaveLength(2);
});

test('no values draw nothing', () => {
  expect(areaPath([null, null], 0, 60, 1, scale)).toBe('');
});

test('ticks stand at round minutes and leave room for their words', () => {
  const ticks = clockTicks(scale);
  expect(ticks.every(({ at }) => at % 120_000 === 0)).toBe(true);
  expect((ticks[1]?.x ?? 0) - (ticks[0]?.x ?? 0)).toBeGreaterThanOrEqual(90);
});

test('no two ticks read the same, however wide the window is', () => {
  const ticks = clockTicks({ ...scale, widthPx: 3_700 });
  expect(ticks.length).toBeGreaterThan(10);
  expect(ticks.every(({ at }) => at % 60_000 === 0)).toBe(true);
});

test('marks outside of the range are left out, and words end before the next mark', () => {
  const places = markPlaces([markAt(500_000), markAt(-5), markAt(300_000)], scale);
  expect(places.map(({ x }) => x)).toEqual([300, 500]);
  expect(places[0]?.labelWidthPx).toBe(180);
});

test('words of what was done just now stand before their mark, where there is room', () => {
  const [earlier, now] = markPlaces([markAt(300_000, 'a'.repeat(20)), markAt(895_000)], scale);
  expect([earlier?.side, now?.side]).toEqual(['after', 'before']);
  expect(now?.labelWidthPx).toBe(895 - 20 - (300 + 10 + 20 * 6.5));
});

test('of two marks side by side each has its words on its own side', () => {
  const places = markPlaces([markAt(400_000, 'v1'), markAt(405_000)], scale);
  expect(places.map(({ side }) => side)).toEqual(['before', 'after']);
  expect(places.every(({ labelWidthPx }) => labelWidthPx !== null)).toBe(true);
});

test('a mark between two near ones has no words', () => {
  const places = markPlaces([markAt(400_000, 'a'), markAt(405_000, 'b'), markAt(410_000, 'c')], scale);
  expect(places.map(({ labelWidthPx }) => labelWidthPx === null)).toEqual([false, true, false]);
});

test('what several marks side by side say is said once', () => {
  const places = markPlaces([markAt(400_000), markAt(400_500), markAt(402_000)], scale);
  expect(places.map(({ labelWidthPx }) => labelWidthPx === null)).toEqual([true, true, false]);
});

test('where the last of them has no room, the last that has says it', () => {
  const run = [markAt(400_000), markAt(400_500), markAt(402_000), markAt(405_000, 'v3')];
  const places = markPlaces(run, scale);
  expect(places.map(({ labelWidthPx }) => labelWidthPx === null)).toEqual([false, true, true, false]);
  expect(places.map(({ side }) => side)[0]).toBe('before');
});

import { expect, test } from 'vitest';
import { linePath, pointNear, xOf, yOf } from './chartScale.ts';

const scale = { from: 0, until: 100, top: 10, plot: { left: 30, right: 130, top: 5, bottom: 55 } };
const points = [0, 25, 50, 75, 100].map((at) => ({ at, values: [5, at === 50 ? null : 10] }));

test('time runs across the plot and values up from zero', () => {
  expect([xOf(scale, 0), xOf(scale, 100)]).toEqual([30, 130]);
  expect([yOf(scale, 0), yOf(scale, 10)]).toEqual([55, 5]);
});

test('a gap breaks the line and is not bridged', () => {
  expect(linePath(points, 0, scale)).toBe('M30,30L55,30L80,30L105,30L130,30');
  expect(linePath(points, 1, scale)).toBe('M30,5L55,5M105,5L130,5');
});

test('a lone sample can be seen', () => {
  const lone = [null, 10, null].map((value, i) => ({ at: i * 50, values: [value] }));
  expect(linePath(lone, 0, scale)).toBe('M80,5h1');
});

test('the reading is that of the nearest sample', () => {
  expect(pointNear(points, scale, 58)?.at).toBe(25);
  expect(pointNear([], scale, 58)).toBeNull();
});

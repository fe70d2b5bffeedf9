import fc from 'fast-check';
import { expect, test } from 'vitest';
import { axisTop, newestValue, reduceSeries } from './timeSeries.ts';

const series = (values: (number | null)[]) => ({ from: 1_000, stepSeconds: 5, values });

test('a short series stays as it is', () => {
  expect(reduceSeries(series([1, null, 3]))).toEqual([
    { at: 1_000, value: 1 },
    { at: 6_000, value: null },
    { at: 11_000, value: 3 },
  ]);
});

test('a long one keeps its peaks, its order and its gaps in few points', () => {
  const values = fc.array(fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: null }), {
    minLength: 121,
    maxLength: 900,
  });
  fc.assert(
    fc.property(values, (list) => {
      const points = reduceSeries(series(list));
      expect(points.length).toBeLessThanOrEqual(120);
      const known = (some: (number | null)[]) => some.filter((value) => value !== null);
      expect(Math.max(...known(points.map((point) => point.value)))).toBe(Math.max(...known(list)));
      expect(points.every((point, i) => i === 0 || point.at > (points[i - 1]?.at ?? 0))).toBe(true);
      expect(points.some((point) => point.value === null)).toBe(list.includes(null));
    }),
  );
});

test('the newest value is the newest that is known', () => {
  expect(newestValue(series([1, 2, null]))).toEqual({ at: 6_000, value: 2 });
  expect(newestValue(series([null]))).toBeNull();
});

test('axes end on round figures', () => {
  expect([axisTop([4_900]), axisTop([0.2, null]), axisTop([12.9]), axisTop([])]).toEqual([5_000, 1, 20, 1]);
});

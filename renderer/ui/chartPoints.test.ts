import { describe, expect, test } from 'vitest';
import { chartPoints, placeLabels, mostPoints, ticksFor, timeTicks } from './chartPoints.ts';

describe('the points of a chart', () => {
  test('gaps stay gaps', () => {
    const points = chartPoints(1_000, 15, [{ name: 'v1', values: [1, null, 3] }]);
    expect(points).toEqual([
      { at: 1_000, values: [1] },
      { at: 16_000, values: [null] },
      { at: 31_000, values: [3] },
    ]);
  });

  test('a spike of one sample in an hour survives the reduction', () => {
    const values = Array.from({ length: 3_600 }, (_, index) => (index === 1_801 ? 900 : 10));
    const points = chartPoints(0, 1, [{ name: 'v1', values }]);
    expect(points.length).toBeLessThanOrEqual(mostPoints);
    expect(Math.max(...points.map((point) => point.values[0] ?? 0))).toBe(900);
  });

  test('series of different length end in gaps, not in zeros', () => {
    const points = chartPoints(0, 1, [
      { name: 'v1', values: [1, 2] },
      { name: 'v2', values: [5] },
    ]);
    expect(points[1]).toEqual({ at: 1_000, values: [2, null] });
  });

  test('times on the axis are whole minutes within the range', () => {
    const from = Date.UTC(2026, 0, 1, 13, 58, 20);
    const ticks = timeTicks(from, from + 15 * 60_000, 4);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.every((at) => at % 60_000 === 0 && at >= from && at <= from + 900_000)).toBe(true);
  });

  test('ticks hold the highest value and begin at zero', () => {
    for (const highest of [0.004, 0.9, 1, 12.9, 340, 4_870]) {
      const ticks = ticksFor(highest);
      expect(ticks[0]).toBe(0);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest);
    }
  });

  test('of marks that stand too close the newest keeps its label', () => {
    const marks = [100, 110, 200].map((at) => ({ at, roomMs: 50 }));
    expect([...placeLabels(marks, 1_000).keys()].sort()).toEqual([1, 2]);
  });

  test('a label that would run out of the chart stands left of its line', () => {
    expect(placeLabels([{ at: 980, roomMs: 50 }], 1_000).get(0)).toBe('left');
    expect(placeLabels([{ at: 900, roomMs: 50 }], 1_000).get(0)).toBe('right');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storeOf, valuesAt, type Given } from './testSamples.ts';

const every = (seconds: number, values: readonly number[], from = 0): Given =>
  values.map((value, index) => [from + index * seconds, value]);

describe('rate and increase, as Prometheus 2.42 answers them', () => {
  it('stretches to both ends of the range when the outer samples are near them', () => {
    // Samples at 0, 10, …, 60; the range is 2 s..62 s, so 10..60 count: 50 of 50 s, stretched by 8 s and 2 s.
    const store = storeOf({ c: every(10, [100, 110, 120, 130, 140, 150, 160]) });
    expect(valuesAt(store, 'increase(c[1m])', 62)['']).toBeCloseTo(60, 9);
    expect(valuesAt(store, 'rate(c[1m])', 62)['']).toBeCloseTo(1, 9);
  });

  it('takes a sample that lies exactly on the start of the range', () => {
    const store = storeOf({ c: every(10, [0, 10, 20, 30]) });
    expect(valuesAt(store, 'count_over_time(c[20s])', 30)['']).toBe(3);
  });

  it('stretches by half an interval only where the samples end early', () => {
    // The last sample is 30 s before the end, more than 1.1 intervals: half of 10 s is added there.
    const store = storeOf({ c: every(10, [1000, 1010, 1020, 1030]) });
    expect(valuesAt(store, 'increase(c[60s])', 60)['']).toBeCloseTo((30 * (30 + 0 + 5)) / 30, 9);
  });

  it('never reaches back to before the counter was zero', () => {
    // 2 at 5 s, rising by 10 each 10 s: it was zero 2 s before, so only 2 s are added in front.
    const store = storeOf({ c: every(10, [2, 12, 22, 32], 5) });
    expect(valuesAt(store, 'increase(c[35s])', 35)['']).toBeCloseTo((30 * (30 + 2)) / 30, 9);
  });

  it('adds a counter reset back', () => {
    const store = storeOf({ c: every(10, [50, 60, 5, 15]) });
    expect(valuesAt(store, 'increase(c[30s])', 30)['']).toBeCloseTo(25, 9);
    expect(valuesAt(store, 'resets(c[30s])', 30)['']).toBe(1);
    expect(valuesAt(store, 'delta(c[30s])', 30)['']).toBeCloseTo(-35, 9);
  });

  it('gives no result for a single sample', () => {
    const store = storeOf({ c: [[10, 5]] });
    expect(valuesAt(store, 'rate(c[1m])', 20)).toEqual({});
  });

  it('takes the last two samples for irate, also over a reset', () => {
    const store = storeOf({ c: every(10, [5, 25, 4]) });
    expect(valuesAt(store, 'irate(c[1m])', 15)['']).toBe(2);
    expect(valuesAt(store, 'irate(c[1m])', 25)['']).toBeCloseTo(0.4, 9);
  });

  it('looks back five minutes and no further', () => {
    const store = storeOf({ c: [[0, 7]] });
    expect(valuesAt(store, 'c', 300)).toEqual({ c: 7 });
    expect(valuesAt(store, 'c', 300.001)).toEqual({});
  });

  it('ends a series at once when a scrape no longer saw it', () => {
    const store = storeOf({
      c: [
        [0, 7],
        [5, Number.NaN],
      ],
    });
    expect(valuesAt(store, 'c', 6)).toEqual({});
  });

  it('never finds a negative rate, whatever a counter does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 2, maxLength: 40 }),
        fc.integer({ min: 5, max: 200 }),
        (values, range) => {
          const store = storeOf({ c: every(5, values) });
          const rate = valuesAt(store, `rate(c[${range}s])`, values.length * 5)[''];
          expect(rate ?? 0).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('finds the exact difference where the samples lie on both ends and the counter never was near zero', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 2, maxLength: 40 }), (steps) => {
        let count = 1e6;
        const values = steps.map((step) => (count += step));
        const store = storeOf({ c: every(5, values) });
        const length = (values.length - 1) * 5;
        const increase = valuesAt(store, `increase(c[${length}s])`, length)[''] ?? Number.NaN;
        expect(increase).toBeCloseTo((values.at(-1) ?? 0) - (values[0] ?? 0), 6);
      }),
    );
  });
});

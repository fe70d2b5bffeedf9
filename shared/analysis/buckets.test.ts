import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeBuckets, quantileMs, type Bucket } from './buckets.ts';

const buckets = (...pairs: [number, number][]): Bucket[] =>
  pairs.map(([leMs, perSecond]) => ({ leMs, perSecond }));

describe('quantiles', () => {
  test('are interpolated inside the bucket, from zero in the first', () => {
    const histogram = buckets([10, 50], [100, 90], [1000, 100], [Infinity, 100]);
    expect(quantileMs(0.25, histogram)).toBe(5);
    expect(quantileMs(0.7, histogram)).toBe(55);
    expect(quantileMs(0.99, histogram)).toBeCloseTo(910);
  });

  test('beyond the last finite bound are that bound', () => {
    expect(quantileMs(0.99, buckets([10, 50], [100, 60], [Infinity, 100]))).toBe(100);
  });

  test('are not known without observations, without +Inf, or from a single bucket', () => {
    expect(quantileMs(0.5, buckets([10, 0], [Infinity, 0]))).toBeNull();
    expect(quantileMs(0.5, buckets([10, 5]))).toBeNull();
    expect(quantileMs(0.5, buckets([Infinity, 5]))).toBeNull();
    expect(quantileMs(0.5, [])).toBeNull();
  });

  test('survive buckets that fall, as those scraped at different moments do', () => {
    expect(quantileMs(0.5, buckets([10, 60], [100, 59.9], [Infinity, 100]))).toBeCloseTo(50 / 6);
  });

  test('lie between the bounds and grow with the share asked for', () => {
    const counts = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(counts, (parts) => {
        let sum = 0;
        const histogram = parts.map((part, i) => ({
          leMs: i === parts.length - 1 ? Infinity : 2 ** i,
          perSecond: (sum += part),
        }));
        fc.pre(sum > 0);
        const [low, high] = [quantileMs(0.5, histogram) ?? -1, quantileMs(0.99, histogram) ?? -1];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeGreaterThanOrEqual(low);
        expect(high).toBeLessThanOrEqual(2 ** (parts.length - 2));
      }),
    );
  });
});

test('histograms with different bounds merge on those they share', () => {
  const merged = mergeBuckets([
    buckets([10, 1], [50, 2], [Infinity, 3]),
    buckets([10, 4], [100, 5], [Infinity, 6]),
  ]);
  expect(merged).toEqual(buckets([10, 5], [Infinity, 9]));
});

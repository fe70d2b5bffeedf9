import { describe, expect, test } from 'vitest';
import { sayUneven, unevenLoad } from './unevenLoad.ts';

const loads = (...rates: number[]) =>
  rates.map((requestsPerSecond, i) => ({ name: `i${i + 1}`, requestsPerSecond }));
const far = (rates: readonly number[], windowSeconds = 20) =>
  unevenLoad(loads(...rates), windowSeconds).map(({ name }) => name);

describe('an instance with far more or less load than its siblings', () => {
  test('is the odd one, and not those that it is odd against', () => {
    expect(far([10, 11, 10, 40])).toEqual(['i4']);
    expect(far([10, 11, 10, 0])).toEqual(['i4']);
    // Among few it would raise the median and the spread of all, and so hide.
    expect(far([10, 10, 40])).toEqual(['i3']);
  });

  test('is not one within what its siblings scatter, nor within a factor of two', () => {
    expect(far([10, 30, 5, 60, 22, 70])).toEqual([]);
    expect(far([100, 100, 100, 190])).toEqual([]);
    expect(far([100, 100, 100, 210])).toEqual(['i4']);
  });

  test('is not told of few calls: chance alone makes such differences', () => {
    expect(far([2, 2, 2, 5])).toEqual(['i4']);
    expect(far([0.2, 0.2, 0.2, 0.7])).toEqual([]);
    // 40 calls scatter by 6.3, their root: 22 fewer are no more than 3.5 of it, as they are of 120.
    expect(far([2, 2, 2, 0.9])).toEqual([]);
    expect(far([2, 2, 2, 0.9], 60)).toEqual(['i4']);
  });

  test('is the busier where there are two, and nobody where there is one', () => {
    expect(far([3, 12])).toEqual(['i2']);
    expect(far([12, 3])).toEqual(['i1']);
    expect(far([12])).toEqual([]);
    expect(far([0, 0])).toEqual([]);
  });

  test('is said with the load of the others', () => {
    const [busy] = unevenLoad(loads(10, 10, 10, 40), 20);
    expect(sayUneven(busy!)).toBe('i4 answers 40 requests a second, its 3 siblings 10 in the median');
    const [idle] = unevenLoad(loads(10, 10, 10, 0), 20);
    expect(sayUneven(idle!)).toBe('i4 answers no requests, its 3 siblings 10 in the median');
    const [one] = unevenLoad(loads(3, 12), 20);
    expect(sayUneven(one!)).toBe('i2 answers 12 requests a second, its only sibling 3.0');
  });
});

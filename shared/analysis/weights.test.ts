import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as weights from './weights.ts';

const split = fc.array(fc.nat(1000), { minLength: 2, maxLength: 6 });

describe('a handle', () => {
  test('takes from one neighbour and gives to the other', () => {
    expect(weights.moveHandle([70, 30], 0, { by: 25 })).toEqual([95, 5]);
    expect(weights.moveHandle([70, 30], 0, { to: 95 })).toEqual([95, 5]);
    expect(weights.moveHandle([50, 30, 20], 1, { by: -10 })).toEqual([50, 20, 30]);
  });

  test('stops at its neighbours', () => {
    expect(weights.moveHandle([50, 30, 20], 1, { by: 999 })).toEqual([50, 50, 0]);
    expect(weights.moveHandle([50, 30, 20], 1, { to: 0 })).toEqual([50, 0, 50]);
  });

  test('passes a locked version over, and holds when nothing is left to move', () => {
    expect(weights.moveHandle([50, 30, 20], 0, { by: 10 }, [false, true, false])).toEqual([60, 30, 10]);
    expect(weights.moveHandle([50, 30], 0, { by: 10 }, [true, false])).toEqual([50, 30]);
    expect(weights.handleRange([50, 30], 0, [true, false])).toEqual({ low: 50, high: 50 });
    expect(weights.handleRange([50, 30, 20], 1)).toEqual({ low: 50, high: 100 });
  });

  test('keeps the sum, whole numbers and locks, however it is moved', () => {
    const moves = fc.record({
      handle: fc.integer({ min: -1, max: 6 }),
      by: fc.double(),
      locks: fc.array(fc.boolean()),
    });
    fc.assert(
      fc.property(split, moves, (before, { handle, by, locks }) => {
        const after = weights.moveHandle(before, handle, { by }, locks);
        expect(weights.sumOf(after)).toBe(weights.sumOf(before));
        expect(after.every((weight) => Number.isInteger(weight) && weight >= 0)).toBe(true);
        before.forEach((weight, i) => locks[i] && expect(after[i]).toBe(weight));
        expect(after.filter((weight, i) => weight !== before[i]).length).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe('a weight that is typed', () => {
  test('leaves the others as they stood to each other', () => {
    expect(weights.setWeight([60, 30, 10], 2, 55)).toEqual([30, 15, 55]);
    expect(weights.setWeight([60, 30, 10], 2, 500, [true])).toEqual([60, 0, 40]);
  });

  test('keeps the sum', () => {
    fc.assert(
      fc.property(split, fc.nat(5), fc.integer(), (before, index, weight) => {
        expect(weights.sumOf(weights.setWeight(before, index, weight))).toBe(weights.sumOf(before));
      }),
    );
  });
});

test('whole numbers are divided without a rest', () => {
  expect(weights.divide(100, [1, 1, 1])).toEqual([34, 33, 33]);
  expect(weights.divide(10, [0, 0])).toEqual([5, 5]);
  expect(weights.divide(0, [3, 4])).toEqual([0, 0]);
});

test('a sum of hundredths is divided into hundredths, and kept', () => {
  expect(weights.sumOf([33.33, 33.33, 33.34])).toBe(100);
  expect(weights.divide(62.5, [1, 1])).toEqual([31.25, 31.25]);
  expect(weights.divide(62.5, [2, 1])).toEqual([41.67, 20.83]);
  expect(weights.setWeight([50, 37.5, 12.5], 2, 25, [false, true])).toEqual([37.5, 37.5, 25]);
});

test('weights that cannot be written are refused in words', () => {
  expect(weights.validateWeights([0, 0])).toEqual([
    'All weights are zero: the calls would have nowhere to go.',
  ]);
  expect(weights.validateWeights([-1, 101])[0]).toMatch(/below zero/);
  expect(weights.validateWeights([33.3, 66.7])[0]).toMatch(/whole numbers/);
  expect(weights.validateWeights([60, 30], 100)[0]).toMatch(/add up to 90, the document's to 100/);
  expect(weights.validateWeights([95, 5], 100)).toEqual([]);
});

test('shares are what the peer does with weights: one alone gets all, one without beside others none', () => {
  expect(weights.sharesOf([null])).toEqual([1]);
  expect(weights.sharesOf([0])).toEqual([1]);
  expect(weights.sharesOf([null, 4])).toEqual([0, 1]);
  expect(weights.sharesOf([3, 1, null])).toEqual([0.75, 0.25, 0]);
  expect(weights.sharesOf([0, 0])).toEqual([null, null]);
  expect(weights.sharesOf([null, null])).toEqual([null, null]);
});

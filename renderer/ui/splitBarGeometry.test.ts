import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { handlesOf, leftWeightAt, moveTo, positionOf, stepOf, sumOf } from './splitBarGeometry.ts';

const weightsAndHandle = fc
  .array(fc.integer({ min: 0, max: 1_000 }), { minLength: 2, maxLength: 6 })
  .chain((weights) =>
    fc.record({
      weights: fc.constant(weights),
      handle: fc.constantFrom(...handlesOf(weights.length, new Set())),
      wanted: fc.double({ min: -2_000, max: 2_000, noNaN: true }),
    }),
  );

describe('the geometry of a split bar', () => {
  test('any move keeps the sum, stays whole and at or above zero, and leaves the others alone', () => {
    fc.assert(
      fc.property(weightsAndHandle, ({ weights, handle, wanted }) => {
        const moved = moveTo(weights, handle, wanted);
        expect(sumOf(moved)).toBe(sumOf(weights));
        expect(moved.every((weight) => Number.isInteger(weight) && weight >= 0)).toBe(true);
        const touched = new Set([handle.left, handle.right]);
        expect(moved.every((weight, index) => touched.has(index) || weight === weights[index])).toBe(true);
      }),
    );
  });

  test('a handle put down where it stands moves nothing', () => {
    fc.assert(
      fc.property(weightsAndHandle, ({ weights, handle }) => {
        fc.pre(sumOf(weights) > 0);
        // Without locks a handle stands where its left version ends.
        const position = positionOf(weights, handle);
        expect(moveTo(weights, handle, leftWeightAt(weights, handle, position))).toEqual(weights);
      }),
    );
  });

  test('payment 70/30 pulled to 95 % of the bar becomes 95/5', () => {
    const [handle] = handlesOf(2, new Set());
    expect(handle).toBeDefined();
    expect(moveTo([70, 30], handle!, leftWeightAt([70, 30], handle!, 0.95))).toEqual([95, 5]);
  });

  test('a locked version has no handle beside it and its neighbours deal with each other', () => {
    expect(handlesOf(3, new Set([1]))).toEqual([{ left: 0, right: 2 }]);
    expect(moveTo([50, 30, 20], { left: 0, right: 2 }, 60)).toEqual([60, 30, 10]);
  });

  test('an arrow moves a hundredth of the whole, at least one', () => {
    expect(stepOf([1, 1])).toBe(1);
    expect(stepOf([70, 30])).toBe(1);
    expect(stepOf([700, 300])).toBe(10);
  });
});

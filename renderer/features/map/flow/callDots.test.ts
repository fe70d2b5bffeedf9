import { expect, test } from 'vitest';
import { dotsMove, dottedCalls, gapOf, loopPx } from './callDots.ts';

const rates = (count: number): ReadonlyMap<string, { requestsPerSecond: number }> =>
  new Map(Array.from({ length: count }, (_, i) => [`call ${i}`, { requestsPerSecond: i }]));
const calls = (count: number): { id: string }[] =>
  Array.from({ length: count }, (_, i) => ({ id: `call ${i}` }));

test('of ten thousand calls the sixty busiest get dots', () => {
  const dotted = dottedCalls(calls(10_000), rates(10_000));
  expect(dotted).toHaveLength(60);
  expect(dotted[0]).toBe('call 9999');
  expect(dotted.at(-1)).toBe('call 9940');
});

test('a call that is idle, or that nobody counts, gets none', () => {
  expect(dottedCalls(calls(3), rates(2))).toEqual(['call 1']);
});

test('more requests make denser dots, and every loop ends where it began', () => {
  const gaps = [0.02, 0.5, 5, 50, 500, 5_000, 50_000].map(gapOf);
  expect(gaps).toEqual([96, 96, 48, 32, 24, 16, 16]);
  expect(gaps.filter((gap) => gap === null || loopPx % gap !== 0)).toEqual([]);
});

test('a call whose figures went away since it was chosen loses its dots, as one that fell idle does', () => {
  expect([gapOf(null), gapOf(0)]).toEqual([null, null]);
});

test('nothing moves where there are no dots, nor once figures come no more', () => {
  expect([dotsMove(3, null), dotsMove(0, null), dotsMove(3, 'it was cut')]).toEqual([true, false, false]);
});

import { expect, test } from 'vitest';
import { sayReachBefore } from './figuresAge.ts';

const changedAt = 1_000_000;
const taken = (afterMs: number, windowSeconds = 60) => [{ observedAt: changedAt + afterMs, windowSeconds }];

test('figures over a window that begins before a change are in part of before it', () => {
  expect(sayReachBefore(changedAt, taken(12_000), changedAt + 12_400)).toBe(
    '12 s ago; the figures cover 60 s, so part of them is older',
  );
});

test('figures that were all taken since a change are as they should be', () => {
  expect(sayReachBefore(changedAt, taken(61_000), changedAt + 61_000)).toBeNull();
});

test('without a moment of the change, or without figures, nothing is said', () => {
  expect(sayReachBefore(null, taken(1_000), changedAt)).toBeNull();
  expect(sayReachBefore(changedAt, [], changedAt)).toBeNull();
});

test('of several sources the one that looks back furthest is told of', () => {
  expect(sayReachBefore(changedAt, [...taken(12_000), ...taken(12_000, 300)], changedAt + 12_000)).toMatch(
    /cover 300 s/,
  );
});

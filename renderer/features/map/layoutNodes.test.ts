import { expect, test } from 'vitest';
import { deservesFreshLayout } from './layoutNodes.ts';

test('a layout made before any call was known is made anew', () => {
  expect(deservesFreshLayout(0, 1)).toBe(true);
});

test('a few calls more move nothing', () => {
  expect(deservesFreshLayout(10, 14)).toBe(false);
  expect(deservesFreshLayout(0, 0)).toBe(false);
});

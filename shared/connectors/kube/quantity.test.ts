import { expect, test } from 'vitest';
import { quantityOf } from './quantity.ts';

test.each([
  ['250m', 0.25],
  ['1', 1],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['12345678n', 0.012345678],
  ['512Mi', 512 * 2 ** 20],
  ['128974848', 128_974_848],
  ['129e6', 129e6],
  ['129M', 129e6],
  ['2E', 2e18],
  ['1Ei', 2 ** 60],
  [2, 2],
])('%s is %d', (text, value) => expect(quantityOf(text)).toBeCloseTo(value, 9));

test.each(['', 'lots', '1ki', '1 Mi', '0x10', null])('%s is no quantity', (text) =>
  expect(quantityOf(text)).toBeNull(),
);

import { expect, test } from 'vitest';
import { splitOf } from '../../../test/support/splits.ts';
import { sharesNow } from './busiestSplit.ts';

test('a card draws the shares that were counted for as long as they are counted', () => {
  const split = splitOf([70, 30]);
  const measured = (shares: readonly (number | null)[]) => ({
    splitId: split.id,
    since: 0,
    until: 1,
    total: 10,
    shares: shares.map((share, index) => ({ index, count: 1, share, low: null, high: null })),
    callers: [],
  });
  const value = [measured([0.4, 0.6])];
  expect(sharesNow(split, { value, problem: null })).toEqual([0.4, 0.6]);
  expect(sharesNow(split, { value: [measured([0.4])], problem: null })).toEqual([0.4, null]);
  expect(sharesNow(split, { value: null, problem: null })).toBeNull();
  expect(sharesNow(split, { value: [], problem: null })).toBeNull();
  // The last ones stay in the stream after it fell.
  expect(sharesNow(split, { value, problem: 'The connection was lost.' })).toBeNull();
});

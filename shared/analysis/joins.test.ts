import { expect, test } from 'vitest';
import { forgetPair, joinPair, splitOff, withPairs } from './joins.ts';

const none = { together: [], apart: [] };

test('a face that is split off is kept from all others, and joined again it is kept from the rest only', () => {
  const split = withPairs(none, splitOff('b', ['a', 'b', 'c']));
  expect(split.apart).toEqual([
    ['b', 'a'],
    ['b', 'c'],
  ]);
  const joined = withPairs(split, joinPair('a', 'b'));
  expect(joined.together).toEqual([['a', 'b']]);
  expect(joined.apart).toEqual([['b', 'c']]);
});

test('splitting takes back what was joined by hand, and nothing is noted twice', () => {
  const split = withPairs(withPairs(none, joinPair('a', 'b')), splitOff('b', ['a', 'b']));
  expect(split.together).toEqual([]);
  expect(withPairs(split, splitOff('a', ['a', 'b'])).apart).toEqual([['a', 'b']]);
});

test('a forgotten pair is left to the rules, however it was named', () => {
  expect(withPairs(withPairs(none, joinPair('a', 'b')), forgetPair(['b', 'a']))).toEqual(none);
  expect(withPairs(withPairs(none, splitOff('a', ['b'])), forgetPair(['b', 'a']))).toEqual(none);
});

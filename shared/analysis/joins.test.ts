import { expect, test } from 'vitest';
import { forgetPair, joinPair, splitOff } from './joins.ts';

const none = { convention: true, addresses: true, together: [], apart: [] };

test('a face that is split off is kept from all others, and joined again it is kept from the rest only', () => {
  const split = splitOff(none, 'b', ['a', 'b', 'c']);
  expect(split.apart).toEqual([
    ['b', 'a'],
    ['b', 'c'],
  ]);
  const joined = joinPair(split, 'a', 'b');
  expect(joined.together).toEqual([['a', 'b']]);
  expect(joined.apart).toEqual([['b', 'c']]);
});

test('splitting takes back what was joined by hand, and nothing is noted twice', () => {
  const split = splitOff(joinPair(none, 'a', 'b'), 'b', ['a', 'b']);
  expect(split.together).toEqual([]);
  expect(splitOff(split, 'a', ['a', 'b']).apart).toEqual([['a', 'b']]);
});

test('a forgotten pair is left to the rules, however it was named', () => {
  expect(forgetPair(joinPair(none, 'a', 'b'), ['b', 'a'])).toEqual(none);
  expect(forgetPair(splitOff(none, 'a', ['b']), ['b', 'a'])).toEqual(none);
});

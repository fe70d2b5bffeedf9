import { expect, test } from 'vitest';
import { flagsInWords } from './responseFlags.ts';

test('flags are told in words, the largest share first, and calm ones not at all', () => {
  expect(flagsInWords({ UO: 0.02, UT: 0.105, UH: 0 })).toEqual([
    '10.5 % timed out (UT)',
    '2 % limit hit: the proxy refused it (UO)',
  ]);
});

test('a flag nobody explained is shown as it is, also one named like an object’s own member', () => {
  expect(flagsInWords({ XYZ: 0.5, constructor: 0.1 })).toEqual([
    '50 % with flag XYZ',
    '10 % with flag constructor',
  ]);
});

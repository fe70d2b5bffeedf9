import { expect, test } from 'vitest';
import { defaultHealthThresholds as usual } from '../../../shared/model/settings.ts';
import { isSame, ownThresholds, withOwn, withoutOwn } from './ownThresholds.ts';

const health = { default: usual, services: {} };
const strict = { ...usual, failingErrorRatio: 0.02 };
const nodes = new Map([
  ['dc1/default/order', 'eu/shop/order'],
  ['dc1/default/cart', 'eu/shop/cart'],
]);

test('a service that two systems know is judged alike whichever of them gives its figures', () => {
  const own = withOwn(health, 'eu/shop/order', nodes, strict);
  expect(own.services).toEqual({ 'eu/shop/order': strict, 'dc1/default/order': strict });
  expect(ownThresholds(own, nodes)).toEqual([{ id: 'eu/shop/order', thresholds: strict }]);
  const both = withOwn(own, 'eu/shop/cart', nodes, usual);
  expect(withoutOwn(both, 'eu/shop/order', nodes).services).toEqual({
    'eu/shop/cart': usual,
    'dc1/default/cart': usual,
  });
});

test('thresholds of a service that no open connection knows are still told, and can be taken away', () => {
  const own = { default: usual, services: { 'closed/a/b': strict } };
  expect(ownThresholds(own, nodes)).toEqual([{ id: 'closed/a/b', thresholds: strict }]);
  expect(withoutOwn(own, 'closed/a/b', nodes)).toEqual(health);
});

test('thresholds are the same only when all three are', () => {
  expect(isSame(usual, { ...usual })).toBe(true);
  for (const key of ['degradedErrorRatio', 'failingErrorRatio', 'minimumCalls'] as const)
    expect(isSame(usual, { ...usual, [key]: 0.5 })).toBe(false);
});

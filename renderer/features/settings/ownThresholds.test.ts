import { expect, test } from 'vitest';
import {
  defaultHealthThresholds as usual,
  defaultSettings,
  type Marks,
} from '../../../shared/model/settings.ts';
import { withMarks } from '../../../shared/analysis/withMarks.ts';
import { isSame, ownThresholds, underItsIds } from './ownThresholds.ts';

const health = { default: usual, services: {} };
type Own = typeof defaultSettings.health;
const marked = (before: Own, healthOf: Marks['healthOf']): Own =>
  ({ ...defaultSettings, health: before, ...withMarks({ ...defaultSettings, health: before }, { healthOf }) })
    .health;
const strict = { ...usual, failingErrorRatio: 0.02 };
const nodes = new Map([
  ['dc1/default/order', 'eu/shop/order'],
  ['dc1/default/cart', 'eu/shop/cart'],
]);

test('a service that two systems know is judged alike whichever of them gives its figures', () => {
  const own = marked(health, underItsIds('eu/shop/order', nodes, strict));
  expect(own.services).toEqual({ 'eu/shop/order': strict, 'dc1/default/order': strict });
  expect(ownThresholds(own, nodes)).toEqual([{ id: 'eu/shop/order', thresholds: strict }]);
  const both = marked(own, underItsIds('eu/shop/cart', nodes, usual));
  expect(marked(both, underItsIds('eu/shop/order', nodes, null)).services).toEqual({
    'eu/shop/cart': usual,
    'dc1/default/cart': usual,
  });
});

test('thresholds of a service that no open connection knows are still told, and can be taken away', () => {
  const own = { default: usual, services: { 'closed/a/b': strict } };
  expect(ownThresholds(own, nodes)).toEqual([{ id: 'closed/a/b', thresholds: strict }]);
  expect(marked(own, underItsIds('closed/a/b', nodes, null))).toEqual(health);
});

test('thresholds are the same only when all three are', () => {
  expect(isSame(usual, { ...usual })).toBe(true);
  for (const key of ['degradedErrorRatio', 'failingErrorRatio', 'minimumCalls'] as const)
    expect(isSame(usual, { ...usual, [key]: 0.5 })).toBe(false);
});

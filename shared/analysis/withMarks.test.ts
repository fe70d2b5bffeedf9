import { expect, test } from 'vitest';
import { defaultSettings, type Settings } from '../model/settings.ts';
import { withMarks } from './withMarks.ts';

const before: Settings = {
  ...defaultSettings,
  environments: { prod: 'production' },
  positions: { prod: { 'service/shop/cart': { x: 1, y: 1 } }, test: { 'service//a': { x: 2, y: 2 } } },
  joins: { convention: true, addresses: true, together: [['a', 'b']], apart: [['c', 'd']] },
  sharing: { events: true, webhook: { origin: 'https://hooks.example', proof: 'none', since: 5 } },
};

const after = (marks: Parameters<typeof withMarks>[1]): Settings => ({
  ...before,
  ...withMarks(before, marks),
});

test('what another window placed or joined stays beside what is placed and joined here', () => {
  const placed = after({ positions: { prod: { 'service/shop/order': { x: 7, y: 8 } } } });
  expect(placed.positions).toEqual({
    prod: { 'service/shop/cart': { x: 1, y: 1 }, 'service/shop/order': { x: 7, y: 8 } },
    test: before.positions['test'],
  });
  const joined = after({ joins: { pairs: [{ pair: ['e', 'f'], is: 'together' }] } });
  expect(joined.joins).toEqual({
    ...before.joins,
    together: [
      ['a', 'b'],
      ['e', 'f'],
    ],
  });
  expect(after({ joins: { addresses: false } }).joins).toEqual({ ...before.joins, addresses: false });
});

test('places of one connection are forgotten, and those of others are not', () => {
  expect(after({ positions: { prod: null } }).positions).toEqual({ test: before.positions['test'] });
});

test('switching Events off leaves the webhook as it is', () => {
  expect(after({ events: false }).sharing).toEqual({ ...before.sharing, events: false });
});

test('what no mark speaks of is not written at all', () => {
  expect(withMarks(before, { events: true })).toEqual({ sharing: before.sharing });
  expect(withMarks(before, {})).toEqual({});
});

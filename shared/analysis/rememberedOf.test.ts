import { expect, test } from 'vitest';
import { defaultHealthThresholds, defaultSettings, type Settings } from '../model/settings.ts';
import { rememberedConnections, withoutConnection } from './rememberedOf.ts';

const program = { fingerprint: 'f', path: '/bin/aws', sha256: 'a', at: 0 };
const all: Settings = {
  ...defaultSettings,
  positions: { 'eu/prod': { 'service/shop/order': { x: 1, y: 2 } }, dc1: {} },
  environments: { 'eu/prod': 'production', dev: 'other' },
  remembered: [{ connector: 'consul', title: 'dc1', values: { address: 'http://c:8500' }, secrets: [] }],
  programs: [
    { ...program, title: 'eu/prod' },
    { ...program, fingerprint: 'g', title: 'dev' },
  ],
  health: {
    default: defaultHealthThresholds,
    services: { 'eu_prod/shop/order': defaultHealthThresholds, 'gone/shop/cart': defaultHealthThresholds },
  },
  joins: {
    ...defaultSettings.joins,
    together: [
      ['eu_prod/shop/order', 'dc1/default/order'],
      ['dev/a/b', 'dc1/c/d'],
    ],
  },
};

test('each connection of which something is remembered is told once, with what it is', () => {
  expect(rememberedConnections(all)).toEqual([
    { title: 'dc1', places: 0, isMarked: false, isTyped: true, programs: 0, thresholds: 0, pairs: 2 },
    { title: 'dev', places: 0, isMarked: true, isTyped: false, programs: 1, thresholds: 0, pairs: 1 },
    { title: 'eu/prod', places: 1, isMarked: true, isTyped: false, programs: 1, thresholds: 1, pairs: 1 },
    { title: 'gone', places: 0, isMarked: false, isTyped: false, programs: 0, thresholds: 1, pairs: 0 },
  ]);
  expect(rememberedConnections(defaultSettings)).toEqual([]);
});

test('forgetting one connection leaves nothing of it, and all of the others', () => {
  const after = { ...all, ...withoutConnection(all, 'eu/prod') };
  expect(JSON.stringify(after)).not.toMatch(/eu.prod/);
  expect(rememberedConnections(after).map(({ title }) => title)).toEqual(['dc1', 'dev', 'gone']);
  expect(after.joins.together).toEqual([['dev/a/b', 'dc1/c/d']]);
  expect(after.health.default).toEqual(defaultHealthThresholds);
});

import { expect, test } from 'vitest';
import { addressesOf } from './addresses.ts';

test('DNS names say from where they are known and that they go past the mesh, its own name what it is for', () => {
  const told = addressesOf('order', 'default', 'dc2', ['8080']);
  expect(told.map(({ text, reach }) => [text, reach])).toEqual([
    ['order.service.dc2.consul', 'registry'],
    ['order.service.consul', 'registry'],
    ['order.virtual.consul', 'mesh'],
    ['order', 'mesh'],
  ]);
  expect(told[0]?.purpose).toBe(
    'by Consul’s DNS, from every data centre; past the mesh and its weights; port 8080, which SRV records tell',
  );
  expect(told[1]?.purpose).toContain('from data centre dc2 only');
});

test('in a namespace there is one name', () => {
  expect(addressesOf('order', 'shop', 'dc2', []).map(({ text }) => text)).toEqual([
    'order.service.shop.ns.dc2.dc.consul',
  ]);
});

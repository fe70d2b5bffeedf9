import { expect, test } from 'vitest';
import { addressesOf } from './addresses.ts';
import type { Registered } from './applications.ts';

const registered = (status: string, vip: string | null) =>
  ({ app: 'ORDER', id: `order-${status}`, status, override: null, vip }) as Registered; // The parts that are looked at.

test('an application is named for each kind of client, with how many instances they are handed', () => {
  const told = addressesOf([registered('UP', 'order'), registered('DOWN', 'order,orders-v1')]);
  expect(told.map(({ text }) => text)).toEqual(['http://ORDER/', 'lb://ORDER', 'http://orders-v1/']);
  expect(told[0]?.purpose).toContain('1 of 2 instances are handed out');
  expect(addressesOf([])).toEqual([]);
});

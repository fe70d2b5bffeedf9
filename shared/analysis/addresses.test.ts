import { expect, test } from 'vitest';
import { addressKeys, hostOf } from './addresses.ts';

test.each([
  ['10.1.2.3:8080', '10.1.2.3'],
  ['10.1.2.3', '10.1.2.3'],
  ['[fd00::1]:8080', 'fd00::1'],
  ['fd00::1', 'fd00::1'],
  ['order.internal:80', 'order.internal'],
])('%s is on the host %s', (address, host) => {
  expect(hostOf(address)).toBe(host);
});

test('an instance is known by its address with and without the port, and never by loopback', () => {
  expect(addressKeys('10.1.2.3:8080')).toEqual(['10.1.2.3:8080', '10.1.2.3']);
  expect(addressKeys('10.1.2.3')).toEqual(['10.1.2.3']);
  expect(addressKeys('127.0.0.1:8080')).toEqual([]);
});

import { expect, test } from 'vitest';
import { clusterNameOf, clusterNamesOf, hostIn } from './hostNames.ts';

test.each([
  ['payment', { name: 'payment', namespace: null }],
  ['payment.shop', { name: 'payment', namespace: 'shop' }],
  ['Payment.shop.svc.cluster.local', { name: 'payment', namespace: 'shop' }],
  ['api.bank.example', null],
  ['', null],
])('of the host %j, what names a service', (host, named) => {
  expect(clusterNameOf(host)).toEqual(named);
});

test('several hosts of one service name it once', () => {
  expect(clusterNamesOf(['payment', 'payment.shop', 'payment.shop.svc', 'bank.example.com'])).toEqual({
    names: ['payment'],
    namespaces: ['shop'],
  });
});

test.each([
  ['http://payment:8080/pay?x=1', 'payment'],
  ['payment.shop.svc.cluster.local:80', 'payment.shop.svc.cluster.local'],
  ['127.0.0.1:9411', null],
  ['localhost', null],
  ['none', null],
  [undefined, null],
])('of the address %j, the host', (address, host) => {
  expect(hostIn(address)).toBe(host);
});

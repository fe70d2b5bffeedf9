import { expect, test } from 'vitest';
import type { GraphService } from '../model/graph.ts';
import { findServices } from './findAddress.ts';

const service = (name: string, rest: Partial<GraphService> = {}) =>
  ({
    id: name,
    kind: 'service',
    name,
    namespace: 'shop',
    owner: null,
    hosts: [`${name}.shop.svc.cluster.local`],
    ...rest,
  }) as GraphService; // The parts that are looked at.
const inConsul = (name: string) =>
  ({ name, namespace: 'default' }) as NonNullable<GraphService['faces']>[number];

const all = [
  service('payment'),
  service('payment-audit'),
  service('repayments'),
  service('cart', { faces: [inConsul('basket')] }),
  service('loyalty', { hosts: ['loyalty.service.dc2.consul'], owner: 'Team Points' }),
  service('nobody', { kind: 'unknown' }),
];

test('whole names come first, then beginnings, parts, and letters in order', () => {
  expect(findServices(all, 'payment')).toEqual(['payment', 'payment-audit', 'repayments']);
  expect(findServices(all, 'pmt')).toEqual(['payment', 'payment-audit', 'repayments']);
  expect(findServices(all, 'tmp')).toEqual([]);
});

test('the name in any system finds it, and so do a host and an owner', () => {
  expect(findServices(all, 'basket')).toEqual(['cart']);
  expect(findServices(all, 'dc2.consul')).toEqual(['loyalty']);
  expect(findServices(all, 'points')).toEqual(['loyalty']);
});

test('each word must fit, and nothing typed finds all but callers that nobody knows', () => {
  expect(findServices(all, 'audit shop')).toEqual(['payment-audit']);
  expect(findServices(all, 'audit consul')).toEqual([]);
  expect(findServices(all, ' ')).toHaveLength(5);
});

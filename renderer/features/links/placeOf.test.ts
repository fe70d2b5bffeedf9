import { expect, test } from 'vitest';
import type { DeepLink } from '../../../shared/model/deepLink.ts';
import { placeOf } from './placeOf.ts';

const payment: DeepLink = { context: 'prod', namespace: 'shop', service: 'payment', at: null };
const prod = { id: 'c1', title: 'prod', state: 'open' } as const;
const stage = { id: 'c2', title: 'stage', state: 'open' } as const;
const on = (connectionId: string, name = 'payment') =>
  ({ id: `${connectionId}/shop/${name}`, connectionId, name, namespace: 'shop', kind: 'service' }) as const;

test('the service of the system that the link names is found, and of no other', () => {
  expect(placeOf(payment, [stage, prod], [on('c2'), on('c1')])).toEqual({
    kind: 'service',
    id: 'c1/shop/payment',
  });
  expect(placeOf(payment, [stage], [on('c2')])).toEqual({ kind: 'notConnected' });
  expect(placeOf(payment, [prod, stage], [on('c2')])).toEqual({ kind: 'noSuchService' });
});

test('a service that stands on the map under another system’s name is found by its own', () => {
  const node = {
    ...on('c2', 'pay'),
    faces: [
      {
        serviceId: 'c1/shop/payment',
        connectionId: 'c1',
        system: 'Kubernetes prod',
        name: 'payment',
        namespace: 'shop',
        hosts: [],
        readyInstances: null,
        desiredInstances: null,
        versions: [],
        reason: 'an address seen in both',
      },
    ],
  };
  expect(placeOf(payment, [prod, stage], [node])).toEqual({ kind: 'service', id: 'c2/shop/pay' });
});

test('without a context several may be meant, and that is said', () => {
  expect(placeOf({ ...payment, context: null }, [prod, stage], [on('c2'), on('c1')])).toEqual({
    kind: 'several',
    id: 'c2/shop/payment',
    titles: ['stage', 'prod'],
  });
});

test('a system that is still being opened is waited for', () => {
  expect(placeOf(payment, [{ ...prod, state: 'connecting' }], [])).toEqual({ kind: 'waiting' });
});

import { describe, expect, test } from 'vitest';
import { registryFindings } from './registryFindings.ts';
import { cluster, instance, node, registry } from './told.fixture.ts';
import type { NodeTold } from './told.ts';

const claims = (...nodes: NodeTold[]) =>
  registryFindings(nodes, 0).filter(({ rule }) => rule === 'address-claimed');
const eureka = { connectionId: 'spring', system: 'Eureka spring' };
const at = '10.0.0.5:8080';
const listed = (name: string, address = at) => node(name, registry([instance(`${name}-1`, address)]));

describe('an address that two services claim', () => {
  test('is told with both claimants', () => {
    expect(claims(listed('order'), listed('payment'))).toEqual([
      {
        rule: 'address-claimed',
        serviceId: 'east/shop/order',
        otherId: 'east/shop/payment',
        text: '10.0.0.5:8080 is claimed twice: Consul dc1 lists it as order-1 of order, Consul dc1 lists it as payment-1 of payment.',
      },
    ]);
  });

  test('is another address with another port, and no claim of who is not handed to callers', () => {
    expect(claims(listed('order'), listed('payment', '10.0.0.5:8081'))).toEqual([]);
    const down = node('payment', registry([instance('payment-1', at, { ready: false })]));
    expect(claims(listed('order'), down)).toEqual([]);
    expect(claims(listed('order', '127.0.0.1:80'), listed('payment', '127.0.0.1:80'))).toEqual([]);
  });

  test('is none where one service has it in two systems', () => {
    const both = node('order', registry([instance('o-1', at)]), registry([instance('o-2', at)], eureka));
    expect(claims(both)).toEqual([]);
  });

  test('is compared between systems only where they speak of one network', () => {
    const elsewhere = node('payment', registry([instance('p-1', at)], eureka));
    expect(claims(listed('order'), elsewhere)).toEqual([]);
    const bridge = node(
      'cart',
      registry([instance('c-1', '10.0.0.9:80')]),
      registry([instance('c-2', '10.0.0.9:80')], eureka),
    );
    expect(claims(listed('order'), elsewhere, bridge).map(({ text }) => text)).toEqual([
      '10.0.0.5:8080 is claimed twice: Consul dc1 lists it as order-1 of order, Eureka spring lists it as p-1 of payment.',
    ]);
  });

  test('is no news of a gateway, nor of a load balancer in front of three', () => {
    expect(claims(listed('order'), listed('payment'), { ...listed('edge'), isGateway: true })).toEqual([]);
    expect(claims(listed('order'), listed('payment'), listed('cart'))).toEqual([]);
    const another = node('cart', registry([instance('c-1', at), instance('c-2', '10.0.0.6:8080')]));
    expect(claims(listed('order'), listed('payment'), another)).toHaveLength(2);
  });
});

describe('a registration at the address of another service’s instance', () => {
  const order = node(
    'order',
    cluster([instance('order-a', '10.0.0.1')]),
    registry([instance('o-1', '10.0.0.1:80'), instance('o-2', at)]),
  );
  const payment = node('payment', cluster([instance('payment-a', '10.0.0.5')]));

  test('is told, for its instance is gone and the address was given away', () => {
    expect(claims(order, payment)).toEqual([
      {
        rule: 'address-claimed',
        serviceId: 'east/shop/order',
        otherId: 'east/shop/payment',
        text: '10.0.0.5:8080 is claimed twice: Consul dc1 lists it as o-2 of order, and in Kubernetes east it is payment-a of payment.',
      },
    ]);
  });

  test('is none where the cluster knows no other service of that name, or the same instance is behind both', () => {
    const stranger = node('order', registry([instance('o-2', at)]));
    const bridge = node(
      'cart',
      cluster([instance('c', '10.0.0.9')]),
      registry([instance('c-1', '10.0.0.9:80')]),
    );
    expect(claims(stranger, payment, bridge)).toEqual([]);
    const behindBoth = node(
      'order',
      cluster([instance('payment-a', '10.0.0.5')]),
      registry([instance('o-2', at)]),
    );
    expect(claims(behindBoth, payment)).toEqual([]);
  });
});

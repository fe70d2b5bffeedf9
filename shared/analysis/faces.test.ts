import { describe, expect, test } from 'vitest';
import { graphService as service } from '../../test/support/services.ts';
import type { GraphService } from '../model/graph.ts';
import type { Joins } from '../model/settings.ts';
import { joinFaces, type FaceSource } from './faces.ts';

const rules: Joins = { convention: true, addresses: true, together: [], apart: [] };

const sources = new Map<string, FaceSource>([
  ['east', { connector: 'kubernetes', environment: 'production' }],
  ['west', { connector: 'kubernetes', environment: 'production' }],
  ['dc1', { connector: 'consul', environment: 'production' }],
  ['spring', { connector: 'eureka', environment: 'production' }],
  ['test-dc', { connector: 'consul', environment: 'staging' }],
]);
const none = () => [];
const facesOf = (
  services: readonly GraphService[],
  id: string,
  joins: Partial<Joins> = {},
  addresses: (id: string) => readonly string[] = none,
) => joinFaces(services, sources, addresses, { ...rules, ...joins }).facesOf(id);

describe('services of several systems are one', () => {
  test('when a registry without namespaces names one that a single namespace has', () => {
    const services = [service('dc1/default/order'), service('east/shop/order')];
    expect(facesOf(services, 'dc1/default/order')).toEqual([
      { serviceId: 'east/shop/order', reason: null },
      { serviceId: 'dc1/default/order', reason: 'same name, order' },
    ]);
  });

  test('when their documents carry one name, whatever they are called', () => {
    const services = [
      service('east/shop/order', { sameAs: 'orders' }),
      service('dc1/default/ord', { sameAs: 'orders' }),
    ];
    expect(facesOf(services, 'east/shop/order')).toContainEqual({
      serviceId: 'dc1/default/ord',
      reason: 'annotation podium.dev/service: orders',
    });
  });

  test('when instances of both have one address', () => {
    const services = [service('east/shop/order'), service('spring/default/ORDER-SERVICE')];
    const addresses = (id: string) =>
      id === 'east/shop/order' ? ['10.0.0.1:80', '10.0.0.2:80'] : ['10.0.0.2:80'];
    expect(facesOf(services, 'east/shop/order', {}, addresses)[1]).toEqual({
      serviceId: 'spring/default/ORDER-SERVICE',
      reason: 'address 10.0.0.2:80 in both',
    });
  });

  test('when a registry lists it at a host that a single other system has for it', () => {
    const host = 'inventory.shop.svc.cluster.local';
    const inventory = service('east/shop/inventory', { hosts: [host] });
    const stock = service('dc1/default/stock');
    const addresses = (id: string) => (id === stock.id ? [`${host}:80`, host] : ['10.0.0.1']);
    expect(facesOf([inventory, stock], stock.id, {}, addresses)).toEqual([
      { serviceId: 'east/shop/inventory', reason: null },
      { serviceId: 'dc1/default/stock', reason: `listed at its host ${host}` },
    ]);
    const second = service('west/shop/inventory', { hosts: [host] });
    expect(facesOf([inventory, second, stock], stock.id, {}, addresses)).toHaveLength(1);
  });

  test('when one calls outside by a host that is the other’s', () => {
    const host = 'order.shop.svc.cluster.local';
    const outside = service(`dc1/external/${host}`, { kind: 'external', namespace: null, hosts: [host] });
    expect(facesOf([outside, service('west/shop/order')], outside.id)[0]?.serviceId).toBe('west/shop/order');
  });

  test('but not when that host means a service of each cluster’s own', () => {
    const host = 'order.shop.svc.cluster.local';
    const outside = service(`west/external/${host}`, { kind: 'external', namespace: null, hosts: [host] });
    const named = service('west/external/order.example.com', {
      kind: 'external',
      namespace: null,
      hosts: ['order.example.com'],
    });
    const order = service('east/shop/order', { hosts: [host, 'order.example.com'] });
    expect(facesOf([outside, order], outside.id)).toHaveLength(1);
    expect(facesOf([named, order], named.id)).toHaveLength(2);
  });

  test('over three systems, each face with its reason', () => {
    const services = [
      service('spring/default/ORDER'),
      service('dc1/default/order'),
      service('east/shop/order'),
    ];
    expect(facesOf(services, 'spring/default/ORDER').map(({ serviceId }) => serviceId)).toEqual([
      'east/shop/order',
      'dc1/default/order',
      'spring/default/ORDER',
    ]);
  });

  test('by hand, against every rule', () => {
    const services = [service('east/shop/order'), service('west/shop/order')];
    const together: Joins['together'] = [['east/shop/order', 'west/shop/order']];
    expect(facesOf(services, 'west/shop/order', { together })[1]?.reason).toBe('joined by hand');
  });
});

describe('services of several systems stay apart', () => {
  test.each([
    ['two clusters', 'east/shop/order', 'west/shop/order'],
    ['two environments', 'east/shop/order', 'test-dc/default/order'],
    ['two namespaces', 'east/shop/order', 'dc1/bank/order'],
    ['two names', 'east/shop/order', 'dc1/default/orders'],
  ])('in %s', (_, a, b) => {
    expect(facesOf([service(a), service(b)], a)).toHaveLength(1);
  });

  test('when a name is in two namespaces of one system', () => {
    const services = [service('east/shop/order'), service('east/bank/order'), service('dc1/default/order')];
    expect(facesOf(services, 'dc1/default/order')).toHaveLength(1);
  });

  test('when an address is claimed by two services of one system', () => {
    const services = [service('east/shop/a'), service('east/shop/b'), service('dc1/default/c')];
    expect(facesOf(services, 'dc1/default/c', {}, () => ['10.0.0.1'])).toHaveLength(1);
  });

  test('when the operator split them, also by way of a third', () => {
    const services = [
      service('east/shop/order'),
      service('dc1/default/order'),
      service('spring/default/order'),
    ];
    const apart: Joins['apart'] = [['dc1/default/order', 'spring/default/order']];
    const index = joinFaces(services, sources, none, { ...rules, apart });
    expect(index.primaryOf('dc1/default/order')).not.toBe(index.primaryOf('spring/default/order'));
  });

  test('when the rule is switched off', () => {
    const services = [service('dc1/default/order'), service('east/shop/order')];
    expect(facesOf(services, 'dc1/default/order', { convention: false })).toHaveLength(1);
  });
});

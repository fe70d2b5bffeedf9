import { describe, expect, it } from 'vitest';
import type { GraphCall, GraphService } from '../model/graph.ts';
import type { HeldTrip } from '../model/trip.ts';
import { detoursOf, formatCountdown, heldUntil, soonestFirst, tripAnswer, tripStops } from './heldTrips.ts';

const trip = (over: Partial<HeldTrip> = {}): HeldTrip => ({
  id: 't1',
  connectionId: 'c',
  document: {
    connectionId: 'c',
    apiVersion: 'v1',
    kind: 'VirtualService',
    namespace: 'shop',
    name: 'p',
    uid: 'u',
  },
  revision: '1',
  host: 'payment.shop.svc',
  calleeId: 'c/shop/payment',
  caller: null,
  mechanism: { kind: 'refuse', status: 503 },
  until: 1_000,
  since: null,
  by: 'ana',
  reason: '',
  operationId: 'o1',
  ...over,
});
const service = (name: string): GraphService => ({
  id: `c/shop/${name}`,
  connectionId: 'c',
  kind: 'service',
  name,
  namespace: 'shop',
  owner: null,
  hosts: [`${name}.shop.svc`],
  versions: [],
  readyInstances: null,
  desiredInstances: null,
  recentRestarts: null,
  createdAt: null,
});
const call = (from: string, to: string): GraphCall => ({
  id: `c/shop/${from}→c/shop/${to}`,
  callerId: `c/shop/${from}`,
  calleeId: `c/shop/${to}`,
  protocols: ['http'],
  asynchronous: false,
});
const services = new Map(
  ['order', 'refunds', 'payment', 'cash'].map((name) => [`c/shop/${name}`, service(name)]),
);

describe('held trips', () => {
  it('a trip without a caller stops every call to the service, and no other', () => {
    expect(tripStops(trip(), 'c/shop/payment', service('order'))).toBe(true);
    expect(tripStops(trip(), 'c/shop/cash', service('order'))).toBe(false);
  });

  it('a trip of one caller leaves its namesake in another namespace alone', () => {
    const ofOrder = trip({ caller: { namespace: 'shop', name: 'order' } });
    expect(tripStops(ofOrder, 'c/shop/payment', service('order'))).toBe(true);
    expect(tripStops(ofOrder, 'c/shop/payment', { ...service('order'), namespace: 'test' })).toBe(false);
    expect(tripStops(ofOrder, 'c/shop/payment', service('refunds'))).toBe(false);
    expect(tripStops(ofOrder, 'c/shop/payment', null)).toBe(false);
  });

  it('the trip that ends first stands first', () => {
    const order = soonestFirst([
      trip({ id: 'b', until: 9 }),
      trip({ id: 'a', until: 9 }),
      trip({ id: 'c', until: 3 }),
    ]);
    expect(order.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
  });

  it.each([
    [-5, '0:00'],
    [8_001, '0:09'],
    [272_000, '4:32'],
    [3_849_000, '1:04:09'],
  ])('%d ms left are written %s', (ms, text) => expect(formatCountdown(ms)).toBe(text));

  it('what callers get is said by name where the map knows the name', () => {
    const divert = {
      kind: 'divert',
      to: { kind: 'service', host: 'cash.shop.svc', subset: 'v1' },
    } as const;
    expect(tripAnswer(divert, () => 'cash')).toBe('answered by cash v1');
    expect(tripAnswer(divert)).toBe('answered by cash.shop.svc v1');
    expect(tripAnswer({ kind: 'deny' })).toBe('callers get 403');
  });

  it('a diverted trip has one detour for each caller it stops', () => {
    const calls = [call('order', 'payment'), call('refunds', 'payment'), call('order', 'cash')];
    const diverted = trip({
      mechanism: { kind: 'divert', to: { kind: 'service', host: 'cash.shop.svc', subset: null } },
    });
    expect(
      detoursOf([diverted], services, calls).map(({ callerId, calleeId }) => [callerId, calleeId]),
    ).toEqual([
      ['c/shop/order', 'c/shop/cash'],
      ['c/shop/refunds', 'c/shop/cash'],
    ]);
    const one = { ...diverted, caller: { namespace: 'shop', name: 'refunds' } };
    expect(detoursOf([one], services, calls)).toHaveLength(1);
  });

  it('another version of the same service, a fixed answer and an unknown host make no detour', () => {
    const to = (fallback: Extract<HeldTrip['mechanism'], { kind: 'divert' }>['to']) =>
      detoursOf([trip({ mechanism: { kind: 'divert', to: fallback } })], services, [
        call('order', 'payment'),
      ]);
    expect(to({ kind: 'service', host: 'payment.shop.svc', subset: 'v1' })).toEqual([]);
    expect(to({ kind: 'answer', status: 200, body: '[]' })).toEqual([]);
    expect(to({ kind: 'service', host: 'elsewhere', subset: null })).toEqual([]);
  });
});

describe('until when a service is held', () => {
  const clock = (at: number) => `${at}`;
  const order = { namespace: 'shop', name: 'order' };

  it('is told without names where nobody comes through', () => {
    const trips = [trip({ caller: order, until: 5 }), trip({ until: 7 }), trip({ until: 6 })];
    expect(heldUntil(trips, clock)).toBe('held until 7');
  });

  it('names the one caller, and counts several', () => {
    expect(heldUntil([trip({ caller: order, until: 5 })], clock)).toBe('held for order until 5');
    const two = [trip({ caller: order, until: 9 }), trip({ caller: { ...order, name: 'cart' }, until: 5 })];
    expect(heldUntil(two, clock)).toBe('held for 2 callers, the first until 5');
  });

  it('is not told of a service that nobody holds', () => {
    expect(heldUntil([], clock)).toBeNull();
  });
});

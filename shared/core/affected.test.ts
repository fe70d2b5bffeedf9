import { expect, test } from 'vitest';
import type { Affected } from '../model/change.ts';
import type { GraphService } from '../model/graph.ts';
import type { Operation } from '../model/operation.ts';
import type { HeldTrip } from '../model/trip.ts';
import { affectedBy } from './affected.ts';

const caller = (namespace: string, name: string): Affected => ({
  callerId: `c/${namespace}/${name}`,
  callerName: name,
  requestsPerSecond: 1,
});
const callers = [caller('shop', 'order'), caller('other', 'order'), caller('shop', 'cart')];
const services = new Map(
  callers.map(({ callerId, callerName }) => {
    const service: GraphService = {
      id: callerId,
      connectionId: 'c',
      kind: 'service',
      name: callerName,
      namespace: callerId.split('/')[1] ?? null,
      owner: null,
      hosts: [],
      versions: [],
      readyInstances: null,
      desiredInstances: null,
      recentRestarts: null,
      createdAt: null,
    };
    return [callerId, service] as const;
  }),
);
const heldFor = (only: HeldTrip['caller']): HeldTrip => ({
  id: 't1',
  connectionId: 'c',
  document: { connectionId: 'c', apiVersion: 'v1', kind: 'Route', namespace: 'shop', name: 'p', uid: 'u' },
  revision: '1',
  host: 'payment',
  calleeId: 'c/shop/payment',
  caller: only,
  mechanism: { kind: 'refuse', status: 503 },
  until: 1,
  since: null,
  by: 'ana',
  reason: '',
  operationId: 'o1',
});
const end: Operation = { kind: 'endTrip', connectionId: 'c', tripId: 't1', serviceId: 'c/shop/payment' };
const felt = (operation: Operation, held: readonly HeldTrip[]) =>
  affectedBy(operation, callers, { held, service: (id) => services.get(id) ?? null }).map(
    ({ callerId }) => callerId,
  );

test('the end of a trip is felt by the caller whose calls it stopped, and by nobody else', () => {
  expect(felt(end, [heldFor({ namespace: 'shop', name: 'order' })])).toEqual(['c/shop/order']);
});

test('a caller named without a namespace is meant in all of them', () => {
  expect(felt(end, [heldFor({ namespace: null, name: 'order' })])).toEqual(['c/shop/order', 'c/other/order']);
});

test('the end of a trip of every caller, or of one that is gone, is felt by all', () => {
  expect(felt(end, [heldFor(null)])).toHaveLength(3);
  expect(felt(end, [])).toHaveLength(3);
});

test('a trip of one caller is felt by that caller', () => {
  const call = { calleeId: 'c/shop/payment', host: 'payment' };
  const only = { id: 'c/shop/cart', namespace: 'shop', name: 'cart' };
  const trip: Operation = {
    kind: 'trip',
    connectionId: 'c',
    call: { ...call, caller: only },
    mechanism: { kind: 'refuse', status: 503 },
    forSeconds: 300,
  };
  expect(felt(trip, [])).toEqual(['c/shop/cart']);
  expect(felt({ ...trip, call: { ...call, caller: null } }, [])).toHaveLength(3);
});

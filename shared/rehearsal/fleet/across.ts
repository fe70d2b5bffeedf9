import type { FleetBehaviour } from '../traffic/behaviour.ts';
import type { Fleet } from './fleet.ts';
import { acrossMesh, loyaltyHost } from './shopMesh.ts';

/** Calls into the second data centre for each request of the shop's order. */
export const loyaltyPerOrder = 0.15;

/** The shop when there is a second data centre: order asks its loyalty, and does without where that fails. */
export function withDc2({ objects, behaviour }: Fleet, now: number): Fleet {
  const order = behaviour.services['shop/order']?.['v1'];
  if (order === undefined) throw new Error('the shop has no order');
  const call = {
    host: loyaltyHost,
    path: '/loyalty',
    protocol: 'http',
    perRequest: loyaltyPerOrder,
    onFailure: 'tolerate',
  } as const;
  const services: FleetBehaviour['services'] = {
    ...behaviour.services,
    'shop/order': { v1: { ...order, calls: [...order.calls, call] } },
  };
  // As the data centre's own traffic has it: loyalty's time with that of what it asks.
  const externals = {
    ...behaviour.externals,
    [loyaltyHost]: { latency: { medianMs: 18, p99Ms: 56 }, errorRatio: 0.0006 },
  };
  return { objects: [...objects, ...acrossMesh(now)], behaviour: { ...behaviour, services, externals } };
}

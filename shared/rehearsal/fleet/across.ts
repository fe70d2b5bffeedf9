import { pricingHost, pricingPerCatalog } from '../spring/partners.ts';
import type { Behaviour, ExternalBehaviour, FleetBehaviour } from '../traffic/behaviour.ts';
import { hostOf, type Fleet } from './fleet.ts';
import { acrossMesh, loyaltyHost } from './shopMesh.ts';

/** Calls into the second data centre for each request of the shop's order. */
export const loyaltyPerOrder = 0.15;

/** Where the second data centre asks the shop's inventory, which it lists as its own stock. */
export const stockHost = hostOf('shop', 'inventory');

/** A call of one of the shop's services to a service of another system; its caller does without where that fails. */
interface Across {
  readonly caller: string;
  readonly name: string;
  readonly host: string;
  readonly path: string;
  readonly perRequest: number;
  /** As the other system's own traffic has it. */
  readonly behaviour: ExternalBehaviour;
}

/** The shop when there is a second data centre: order asks its loyalty. */
export const withDc2 = (fleet: Fleet, now: number): Fleet =>
  calling(fleet, now, {
    caller: 'shop/order',
    name: 'loyalty',
    host: loyaltyHost,
    path: '/loyalty',
    perRequest: loyaltyPerOrder,
    behaviour: { latency: { medianMs: 18, p99Ms: 56 }, errorRatio: 0.0006 },
  });

/** The shop when there are partners' services: catalog asks their pricing. */
export const withPartners = (fleet: Fleet, now: number): Fleet =>
  calling(fleet, now, {
    caller: 'shop/catalog',
    name: 'pricing',
    host: pricingHost,
    path: '/prices',
    perRequest: pricingPerCatalog,
    behaviour: { latency: { medianMs: 16, p99Ms: 48 }, errorRatio: 0.0006 },
  });

function calling({ objects, behaviour }: Fleet, now: number, call: Across): Fleet {
  const { caller, host, path, perRequest } = call;
  const own = behaviour.services[caller];
  if (own === undefined) throw new Error(`the shop has no ${caller}`);
  const added = { host, path, protocol: 'http', perRequest, onFailure: 'tolerate' } as const;
  const withCall = Object.entries(own).map(([version, one]): [string, Behaviour] => [
    version,
    { ...one, calls: [...one.calls, added] },
  ]);
  const services: FleetBehaviour['services'] = {
    ...behaviour.services,
    [caller]: Object.fromEntries(withCall),
  };
  const externals = { ...behaviour.externals, [host]: call.behaviour };
  return {
    objects: [...objects, ...acrossMesh(now, call.name, host)],
    behaviour: { ...behaviour, services, externals },
  };
}

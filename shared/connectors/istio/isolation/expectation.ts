import type { Diversion, Refusals, Served, StoppedBy } from '../../../model/change.ts';
import type { TripMechanism } from '../../../model/trip.ts';
import { serviceOf } from '../hosts.ts';
import type { Held } from './marker.ts';

/** What traffic should show while a trip is held. */
export function expectationOfTrip({
  host,
  caller,
  mechanism,
}: Pick<Held, 'host' | 'caller' | 'mechanism'>): Refusals | Diversion {
  const common = { host, namespace: serviceOf(host)?.namespace ?? null, caller };
  switch (mechanism.kind) {
    case 'refuse':
      return { ...common, kind: 'refusals', how: 'fault', status: mechanism.status, flags: ['FI'] };
    case 'deny':
      return { ...common, kind: 'refusals', how: 'policy', status: 403, flags: [] };
    case 'divert':
      return mechanism.to.kind === 'answer'
        ? { ...common, kind: 'refusals', how: 'answer', status: mechanism.to.status, flags: [] }
        : { ...common, kind: 'diversion', to: { host: mechanism.to.host, subset: mechanism.to.subset } };
  }
}

/** What traffic should show once it is ended. */
export function expectationOfEnd({
  host,
  caller,
  mechanism,
}: Pick<Held, 'host' | 'caller' | 'mechanism'>): Served {
  const how = howOf(mechanism);
  return {
    kind: 'served',
    host,
    namespace: serviceOf(host)?.namespace ?? null,
    caller,
    flags: mechanism.kind === 'refuse' ? ['FI'] : [],
    ...(how === null ? {} : { how }),
  };
}

function howOf(mechanism: TripMechanism): StoppedBy | null {
  if (mechanism.kind === 'divert') return mechanism.to.kind === 'answer' ? 'answer' : null;
  return mechanism.kind === 'deny' ? 'policy' : 'fault';
}

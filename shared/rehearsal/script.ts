import { paymentRoute } from './fleet/shopMesh.ts';
import type { ObjectStore } from './kube/store.ts';
import { fieldsAt, listAt } from './traffic/reading.ts';
import type { Traffic } from './traffic/model.ts';

/** What can be made to happen: a sale, the bad version of payment once more, or nothing at all. */
export const incidents = ['sale', 'badV2', 'calm'] as const;
export type Incident = (typeof incidents)[number];

/** How long before the rehearsal opens payment v2 got its three tenths. */
export const shiftedMinutesBefore = 4;

const saleAfterMs = 20 * 60_000;
const saleLastsMs = 5 * 60_000;
const saleFactor = 2.2;
/** A sale does not start within a second. */
const rampMs = 20_000;

/** The course of events; told the time by whoever steps the traffic. */
export interface Script {
  advance(atMs: number): void;
  trigger(incident: Incident): void;
}

/** The shop's incidents: payment v2 is bad from before the start; a sale comes later, or when asked for. */
export function createShopScript(options: {
  readonly store: ObjectStore;
  readonly traffic: Traffic;
  /** When an operator first sees the shop. */
  readonly opensAt: number;
  /** Whether nothing happens but what is asked for. */
  readonly calm?: boolean;
}): Script {
  const { store, traffic, opensAt, calm = false } = options;
  const shiftAt = opensAt - shiftedMinutesBefore * 60_000;
  let shifted = calm;
  let saleFrom = calm ? Number.POSITIVE_INFINITY : opensAt + saleAfterMs;
  let at = Number.NEGATIVE_INFINITY;
  return {
    advance(now) {
      at = now;
      if (!shifted && now >= shiftAt) {
        shifted = true;
        shiftPayment(store, 70, 30);
      }
      const rising = (now - saleFrom) / rampMs;
      const falling = (saleFrom + saleLastsMs - now) / rampMs;
      const strength = Math.max(0, Math.min(1, rising, falling));
      traffic.setDemand(1 + (saleFactor - 1) * strength);
    },
    trigger(incident) {
      switch (incident) {
        case 'sale':
          saleFrom = at;
          return;
        case 'badV2':
          shiftPayment(store, 70, 30);
          return;
        case 'calm':
          saleFrom = Number.POSITIVE_INFINITY;
          shiftPayment(store, 90, 10);
          return;
      }
    },
  };
}

/** Writes payment's weights as a colleague would: the rest of the document stays as it is. */
function shiftPayment(store: ObjectStore, v1: number, v2: number): void {
  const current = store.get('virtualservices', 'shop', 'payment');
  const http = listAt(current, 'spec', 'http');
  const [first, ...others] = http;
  const routes = listAt(first, 'route');
  if (current === undefined || routes.length !== 2) {
    store.put(paymentRoute(v1, v2, Date.now()), { manager: 'kubectl-edit' });
    return;
  }
  const weighted = routes.map((route, index) => ({ ...fieldsAt(route), weight: index === 0 ? v1 : v2 }));
  store.put(
    {
      ...current,
      spec: { ...fieldsAt(current, 'spec'), http: [{ ...fieldsAt(first), route: weighted }, ...others] },
    },
    { manager: 'kubectl-edit' },
  );
}

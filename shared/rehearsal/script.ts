import { paymentRoute } from './fleet/shopMesh.ts';
import type { ObjectStore } from './kube/store.ts';
import type { Traffic } from './traffic/model.ts';

/** What can go wrong on demand. */
export const incidents = ['sale', 'calm'] as const;
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
}): Script {
  const { store, traffic, opensAt } = options;
  const shiftAt = opensAt - shiftedMinutesBefore * 60_000;
  let shifted = false;
  let saleFrom = opensAt + saleAfterMs;
  let at = Number.NEGATIVE_INFINITY;
  return {
    advance(now) {
      at = now;
      if (!shifted && now >= shiftAt) {
        shifted = true;
        store.put(paymentRoute(70, 30, opensAt - 51 * 60_000), { manager: 'kubectl-edit' });
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
        case 'calm':
          saleFrom = Number.POSITIVE_INFINITY;
          return;
      }
    },
  };
}

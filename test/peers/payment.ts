import type { PeersCoordinates } from './coordinates.ts';
import {
  clientFor,
  loadStatistics,
  loadedWeights,
  paymentCounts,
  queryPrometheus,
  setLoad,
} from './measure.ts';
import { type ApiAnswer, messageOf } from './start/api.ts';
import { waitFor } from './start/processes.ts';

export const virtualServicePath = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/payment';
/** Customers per second at the gateway, as a run starts with. */
export const usualLoad = 40;

/** The VirtualService `payment` as the API server has it now. */
export interface PaymentDocument {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly http: readonly { readonly route: readonly { readonly weight?: number }[] }[] };
}

export async function readPayment(peers: PeersCoordinates): Promise<PaymentDocument> {
  const { status, body } = await clientFor(peers, 'admin').call(virtualServicePath);
  if (status !== 200) throw new Error(`reading the VirtualService: ${status} ${messageOf(body)}`);
  return body as PaymentDocument;
}

/** What an undo must give back exactly; a peer keeps the rest of the metadata to itself. */
export async function restorable(peers: PeersCoordinates) {
  const { metadata, spec } = await readPayment(peers);
  return { spec, labels: metadata.labels, annotations: metadata.annotations };
}

/** Writes both weights past Podium, as somebody else would. */
export function writeWeights(peers: PeersCoordinates, v1: number, v2: number): Promise<ApiAnswer> {
  const weight = (index: number, value: number) => ({
    op: 'replace',
    path: `/spec/http/0/route/${index}/weight`,
    value,
  });
  return clientFor(peers, 'admin').call(virtualServicePath, {
    method: 'PATCH',
    body: [weight(0, v1), weight(1, v2)],
    contentType: 'application/json-patch+json',
  });
}

/** Waits until both proxies route by these weights. */
export async function waitForLoaded(peers: PeersCoordinates, v1: number, v2: number): Promise<void> {
  for (const caller of ['edge', 'order'] as const) {
    await waitFor(`${v1}/${v2} in the proxy of ${caller}`, { limitMs: 20_000 }, async () => {
      const loaded = await loadedWeights(peers, caller);
      return loaded?.['v1'] === v1 && loaded['v2'] === v2;
    });
  }
}

/** Puts the weights back and waits until both proxies have them, so that the next test starts from there. */
export async function restoreWeights(peers: PeersCoordinates): Promise<void> {
  const { spec } = await readPayment(peers);
  const [v1, v2] = spec.http[0]?.route ?? [];
  if (v1?.weight !== 70 || v2?.weight !== 30) await writeWeights(peers, 70, 30);
  await waitForLoaded(peers, 70, 30);
}

/** How many payments were counted at the services themselves, and v2's share of them. */
export interface Counted {
  readonly total: number;
  readonly v2: number;
}

/** Payments counted at the services themselves until at least so many have come. */
export async function countPayments(
  peers: PeersCoordinates,
  requests: number,
  limitMs = 50_000,
): Promise<Counted> {
  const stretch = await beginStretch(peers);
  return waitFor(`${requests} payments`, { limitMs }, async () => {
    const counted = await stretch();
    return counted.total >= requests && counted;
  });
}

/** Begins to count at the services themselves; each call gives what came since. */
export async function beginStretch(peers: PeersCoordinates): Promise<() => Promise<Counted>> {
  const before = await paymentCounts(peers);
  return async () => {
    const now = await paymentCounts(peers);
    const total = now.v1 + now.v2 - before.v1 - before.v2;
    return { total, v2: (now.v2 - before.v2) / total };
  };
}

/** Stops the customers and waits until the last one is served and Prometheus has read every counter since. */
export async function comeToRest(peers: PeersCoordinates): Promise<void> {
  await setLoad(peers, 0);
  const wait = { limitMs: 20_000 };
  await waitFor('the last answer', wait, async () => {
    const { sent, byStatus } = await loadStatistics(peers);
    return Object.values(byStatus).reduce((sum, count) => sum + count, 0) === sent;
  });
  const counters = 'envoy_cluster_upstream_rq{cluster_name=~"outbound.*payment.*"}';
  await waitFor('Prometheus to stand still', wait, async () => {
    const [moving] = await queryPrometheus(peers, `sum(abs(${counters} - ${counters} offset 4s))`);
    return moving?.value === 0;
  });
}

/** The standard deviation of a share found in so many requests. */
export function deviationOf(share: number, requests: number): number {
  return Math.sqrt((share * (1 - share)) / requests);
}

import type { PeersCoordinates } from './coordinates.ts';
import { clientFor, queryPrometheus } from './measure.ts';
import { type KubeObject, pathOf } from './start/api.ts';
import { removeWebhook, waitForWebhook, webhook } from './start/istio.ts';
import { statusOf, waitFor } from './start/processes.ts';
import { paymentHost, servicePort } from './start/shop.ts';

/**
 * Takes istiod's validation webhook away until disposed: what the mesh cannot use is then accepted by the API server,
 * and refused by the proxies (weights 0 + 0: `pilot_total_xds_rejects` rises, the old routes stay).
 */
export async function withoutValidation(coordinates: PeersCoordinates): Promise<AsyncDisposable> {
  const admin = clientFor(coordinates, 'admin');
  await removeWebhook(admin);
  return {
    async [Symbol.asyncDispose]() {
      await admin.apply(webhook);
      await waitForWebhook(admin, []);
    },
  };
}

/**
 * Freezes istiod until disposed, with its webhook out of the way: writes are accepted, and no proxy ever gets them.
 * (With the webhook in place the API server would refuse every write with 500 after ten seconds.)
 */
export async function withFrozenIstiod(coordinates: PeersCoordinates): Promise<AsyncDisposable> {
  const { pid, wake } = freezer(coordinates);
  const validation = await withoutValidation(coordinates);
  process.kill(pid, 'SIGSTOP');
  return {
    async [Symbol.asyncDispose]() {
      await wake();
      await validation[Symbol.asyncDispose]();
    },
  };
}

/** Freezes istiod until disposed while its webhook stays: the API server asks it in vain and refuses every write. */
export async function withStalledIstiod(coordinates: PeersCoordinates): Promise<AsyncDisposable> {
  const { pid, wake } = freezer(coordinates);
  process.kill(pid, 'SIGSTOP');
  return { [Symbol.asyncDispose]: wake };
}

/**
 * Adds a VirtualService, taken while nobody validates, that makes Envoy refuse the whole table of routes it stands in.
 * Until disposed, every further change of routes is taken by the API server, sent by istiod and refused by the proxies.
 */
export async function withPoisonedRoutes(coordinates: PeersCoordinates): Promise<AsyncDisposable> {
  const admin = clientFor(coordinates, 'admin');
  const before = await rejections(coordinates);
  {
    await using _validation = await withoutValidation(coordinates);
    await admin.apply(poison);
  }
  // Both proxies refuse the poison itself first; only then can refusals of something else be told from that.
  const refused = async () => (await rejections(coordinates)) >= before + 2;
  await waitFor('both proxies to refuse the poison', { limitMs: 30_000 }, refused);
  return {
    async [Symbol.asyncDispose]() {
      await admin.call(pathOf(poison), { method: 'DELETE' });
    },
  };
}

/** As Prometheus knows it; the counter does not exist before the first one. */
async function rejections(coordinates: PeersCoordinates): Promise<number> {
  const [sum] = await queryPrometheus(coordinates, 'sum(pilot_total_xds_rejects) or vector(0)');
  return sum?.value ?? NaN;
}

const host = 'inventory.shop.svc.cluster.local';
const poison = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'poison', namespace: 'shop' },
  spec: {
    hosts: [host],
    gateways: ['mesh', 'edge'],
    http: [
      {
        route: [
          { destination: { host, port: { number: servicePort } }, weight: 0 },
          { destination: { host: paymentHost, port: { number: servicePort } }, weight: 0 },
        ],
      },
    ],
  },
} as const satisfies KubeObject;

function freezer({ pids, istiod }: PeersCoordinates): { readonly pid: number; wake(): Promise<void> } {
  const pid = pids['istiod'];
  if (pid === undefined || istiod === null) throw new Error('this run has no istiod');
  const answers = async () => (await statusOf(`${istiod.debugUrl}/ready`)) === 200;
  return {
    pid,
    async wake() {
      process.kill(pid, 'SIGCONT');
      await waitFor('istiod to answer again', { limitMs: 30_000 }, answers);
    },
  };
}

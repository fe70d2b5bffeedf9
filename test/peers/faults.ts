import type { PeersCoordinates } from './coordinates.ts';
import { clientFor } from './measure.ts';
import { removeWebhook, waitForWebhook, webhook } from './start/istio.ts';
import { statusOf, waitFor } from './start/processes.ts';

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
  const validation = await withoutValidation(coordinates);
  const pid = coordinates.pids['istiod'];
  if (pid === undefined || coordinates.istiod === null) throw new Error('this run has no istiod');
  process.kill(pid, 'SIGSTOP');
  const readyUrl = `${coordinates.istiod.debugUrl}/ready`;
  return {
    async [Symbol.asyncDispose]() {
      process.kill(pid, 'SIGCONT');
      await waitFor(
        'istiod to answer again',
        { limitMs: 30_000 },
        async () => (await statusOf(readyUrl)) === 200,
      );
      await validation[Symbol.asyncDispose]();
    },
  };
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deniedInLogs } from '../../shared/analysis/deniedInLogs.ts';
import { openCluster } from '../conformance/cluster.ts';
import { clearDenials, denialsConformance } from '../conformance/denials.ts';
import { readCoordinates } from './coordinates.ts';
import { clientFor } from './measure.ts';
import { shopHost } from './start/shop.ts';
import { ask } from './tripsShop.ts';

const peers = readCoordinates();
const { envoys } = peers;
if (envoys === null) throw new Error('this run has no mesh');

const admin = clientFor(peers, 'admin');
async function call(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
  const answer = await admin.call(path, { method, ...(body === undefined ? {} : { body }) });
  if (answer.status >= 300)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const statusOf = async (path: string) => (await ask(envoys.edge.url, shopHost, path)).status;

denialsConformance('the Envoys of the mesh', async () => {
  await clearDenials({ call });
  const opened = await openCluster({
    kubeconfig: { paths: [peers.kubernetes.kubeconfigFile] },
    context: 'admin',
  });
  return {
    opened,
    call,
    statusOf,
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      await clearDenials({ call });
      // The next case begins where nobody is refused.
      await expect.poll(() => statusOf('/catalog'), { timeout: 20_000, interval: 100 }).toBe(200);
    },
  };
});

test('the access log of a real proxy names the policy that refused', async () => {
  const telemetries = '/apis/telemetry.istio.io/v1/namespaces/shop/telemetries';
  const policies = '/apis/security.istio.io/v1/namespaces/shop/authorizationpolicies';
  const selector = { matchLabels: { app: 'edge' } };
  await call('POST', telemetries, {
    apiVersion: 'telemetry.istio.io/v1',
    kind: 'Telemetry',
    metadata: { name: 'denials', namespace: 'shop' },
    spec: { accessLogging: [{ providers: [{ name: 'envoy' }] }] },
  });
  try {
    await call('POST', policies, {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'denials', namespace: 'shop' },
      spec: { selector, action: 'DENY', rules: [{ to: [{ operation: { paths: ['/catalog'] } }] }] },
    });
    const logged = async () => {
      await statusOf('/catalog');
      const text = await readFile(join(peers.runDir, 'envoy-edge.log'), 'utf8');
      return deniedInLogs(text.split('\n').map((line) => ({ at: null, text: line }))).denials.map(
        ({ policy }) => policy,
      );
    };
    // Envoy writes its log every ten seconds unless there is much of it.
    await expect.poll(logged, { timeout: 30_000, interval: 500 }).toContain('shop/denials');
  } finally {
    await clearDenials({ call });
    await call('DELETE', `${telemetries}/denials`);
  }
}, 60_000);

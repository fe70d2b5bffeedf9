import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createKubeClient } from '../../shared/connectors/kube/client.ts';
import { readKubeconfig } from '../../shared/connectors/kube/kubeconfig.ts';
import { createReach } from '../../shared/connectors/kube/reach.ts';
import { hostOf } from '../conformance/cluster.ts';
import { startSimulatedCluster } from '../conformance/simulatedCluster.ts';
import { kubeconfigText } from '../support/loginProgram.ts';
import { createFakeClock } from '../support/memoryPorts.ts';

test('a token that is put into its file after a refusal is used at the very next try, however many were refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'podium-token-'));
  const tokenFile = join(folder, 'token');
  try {
    await using cluster = await startSimulatedCluster();
    writeFileSync(tokenFile, 'expired');
    const { contexts } = await readKubeconfig({ text: kubeconfigText(cluster.server.url, { tokenFile }) });
    const [context] = contexts;
    if (context === undefined) throw new Error('there is no context');
    // It stands still: nothing here may hang on time that goes by.
    const clock = createFakeClock();
    await using client = createKubeClient(
      await createReach(context, clock.now),
      'cloud',
      null,
      hostOf({}, clock),
    );
    const ask = () => client.read('/api/v1/namespaces/shop/services', AbortSignal.timeout(10_000));
    await expect(ask()).rejects.toMatchObject({ kind: 'unauthenticated' });
    writeFileSync(tokenFile, 'nobody-knows-it');
    await expect(ask()).rejects.toMatchObject({ kind: 'unauthenticated' });
    const asked = cluster.server.requests.length;
    await expect(ask()).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(cluster.server.requests.length - asked, 'nothing new in the file: nobody asks twice').toBe(1);
    writeFileSync(tokenFile, 'admin');
    await expect(ask()).resolves.toMatchObject({ kind: 'ServiceList' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

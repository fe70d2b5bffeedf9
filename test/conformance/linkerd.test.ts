import { expect, test } from 'vitest';
import { linkerdConformance, openLinkerd } from './linkerd.ts';
import { simulatedOperatorOf, startSimulatedCluster } from './simulatedCluster.ts';

linkerdConformance(
  'the rehearsal’s API server',
  () => startSimulatedCluster({ serves: ['gateway.networking.k8s.io', 'linkerd.io', 'split.smi-spec.io'] }),
  simulatedOperatorOf,
);

test('callers without Linkerd’s proxy hold to nothing that is declared, and of unknown ones nobody can tell', async () => {
  await using cluster = await startSimulatedCluster({ serves: ['linkerd.io'] });
  const pod = (app: string, ...containers: string[]) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${app}-1`, namespace: 'shop', labels: { app } },
    spec: { containers: containers.map((name) => ({ name })) },
  });
  cluster.store.put(pod('meshed', 'app', 'linkerd-proxy'));
  cluster.store.put(pod('bare', 'app'));
  await using open = await openLinkerd(cluster.settings);
  const isHeldBy = (name: string) => open.mesh.protections?.isHeldBy?.({ namespace: 'shop', name });
  await expect.poll(() => isHeldBy('meshed'), { timeout: 20_000 }).toBe(true);
  expect(isHeldBy('bare')).toBe(false);
  expect(isHeldBy('elsewhere')).toBeNull();
});

import { expect, test } from 'vitest';
import { startTestCluster, type TestCluster } from './testCluster.ts';

const path = '/apis/apps/v1/namespaces/shop/deployments/payment';

async function clusterWithDeployment(): Promise<TestCluster> {
  const cluster = await startTestCluster();
  cluster.store.put({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'payment', namespace: 'shop' },
    spec: { replicas: 2, selector: { matchLabels: { app: 'payment' } } },
    status: { replicas: 2 },
  });
  return cluster;
}

test('a workload is scaled through its scale, fenced by its revision', async () => {
  await using cluster = await clusterWithDeployment();
  const read = (await (await cluster.ask(`${path}/scale`)).json()) as { metadata: object; spec: object };
  expect(read).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 2, selector: 'app=payment' } });
  const wanted = { ...read, spec: { replicas: 5 } };
  expect((await cluster.ask(`${path}/scale`, { method: 'PUT', json: wanted })).status).toBe(200);
  expect(await (await cluster.ask(path)).json()).toMatchObject({
    metadata: { generation: 2 },
    spec: { replicas: 5 },
  });
  expect((await cluster.ask(`${path}/scale`, { method: 'PUT', json: wanted })).status).toBe(409);
});

test('a dry run of a scale keeps nothing, and less than none is refused', async () => {
  await using cluster = await clusterWithDeployment();
  const scale = (query: string, replicas: number) =>
    cluster.ask(`${path}/scale${query}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/merge-patch+json' },
      json: { spec: { replicas } },
    });
  expect(await (await scale('?dryRun=All', 9)).json()).toMatchObject({
    kind: 'Scale',
    spec: { replicas: 9 },
  });
  expect((await scale('', -1)).status).toBe(400);
  expect(await (await cluster.ask(path)).json()).toMatchObject({ spec: { replicas: 2 } });
});

import {
  CustomObjectsApi,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  Watch,
} from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { split, startTestCluster } from './testCluster.ts';

const where = { group: 'networking.istio.io', version: 'v1', namespace: 'shop', plural: 'virtualservices' };

test('the real client lists, watches and patches', async () => {
  await using cluster = await startTestCluster();
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'test', server: cluster.server.url, skipTLSVerify: true },
    { name: 'admin', token: 'admin' },
  );

  const services = await config.makeApiClient(CoreV1Api).listNamespacedService({ namespace: 'shop' });
  expect(services.items.map((item) => item.metadata?.name)).toEqual(['payment']);

  const objects = config.makeApiClient(CustomObjectsApi);
  const list = (await objects.listNamespacedCustomObject(where)) as { metadata: { resourceVersion: string } };

  const seen: string[] = [];
  let ended: unknown = 'open';
  const path = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices';
  const watch = await new Watch(config).watch(
    path,
    { resourceVersion: list.metadata.resourceVersion },
    (type) => seen.push(type),
    (error: unknown) => (ended = error),
  );
  const body = [{ op: 'replace', path: '/spec/http/0/route/0/weight', value: 95 }];
  const patched: unknown = await objects.patchNamespacedCustomObject(
    { ...where, name: 'payment', body },
    setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
  );
  expect(patched).toMatchObject({ spec: split(95, 30)['spec'], metadata: { generation: 2 } });
  await expect.poll(() => seen).toEqual(['MODIFIED']);
  watch.abort();
  await expect.poll(() => ended).not.toBe('open');
});

import { expect, test } from 'vitest';
import { openCluster } from './cluster.ts';
import { meshConfigConformance } from './meshConfig.ts';
import { signal } from './rollouts.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';

meshConfigConformance('the rehearsal’s API server', startSimulatedCluster);

test('policies of the whole mesh are configuration of its services, from where its settings say', async () => {
  await using cluster = await startSimulatedCluster();
  await cluster.call('POST', '/api/v1/namespaces/shop/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'edge', namespace: 'shop' },
    spec: { selector: { app: 'edge' }, ports: [{ port: 8080 }] },
  });
  await cluster.run({ app: 'edge', version: 'v1', instances: 1, sidecar: true });
  cluster.store.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'istio', namespace: 'istio-system' },
    data: { mesh: 'rootNamespace: mesh-policies\n' },
  });
  for (const namespace of ['mesh-policies', 'istio-system'])
    cluster.store.put({
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'deny-everything', namespace },
      spec: { action: 'DENY', rules: [{}] },
    });
  await using open = await openCluster(cluster.settings);
  const configuration = open.mesh.configuration;
  const read = await configuration?.read({ namespace: 'shop', name: 'edge', hosts: [] }, signal);
  expect(read?.map(({ document }) => document.namespace)).toEqual(['mesh-policies']);
  const found = await configuration?.search('action', signal);
  expect(found?.hits.map(({ document, services }) => [document.namespace, services])).toEqual([
    ['istio-system', []],
    ['mesh-policies', ['shop/edge']],
  ]);
});

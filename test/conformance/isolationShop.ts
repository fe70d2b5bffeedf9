import type { KubeInput } from '../../shared/rehearsal/kube/store.ts';
import { openCluster } from './cluster.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';
import { createShop, isolationOf, refuse } from './tripSteps.ts';
import { ready, splitOf } from './weights.ts';

/** The name by which the mesh knows a service of the shop. */
export const host = (name: string) => `${name}.shop.svc.cluster.local`;

/** A VirtualService of the shop, with what a marker on it says is held. */
export const virtualService = (name: string, spec: object, held?: string): KubeInput => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: {
    name,
    namespace: 'shop',
    ...(held === undefined ? {} : { annotations: { 'podium.dev/held': held } }),
  },
  spec,
});

/** A route to a service of the shop. */
export const to = (name: string) => ({ route: [{ destination: { host: name } }] });

/** The shop with more documents in it, opened. */
export async function open(...documents: readonly KubeInput[]) {
  const cluster = await startSimulatedCluster();
  await createShop(cluster);
  for (const document of documents) cluster.store.put(document);
  const opened = await openCluster(cluster.settings);
  await splitOf(opened.mesh, cluster.namespace, ready);
  return {
    cluster,
    mesh: opened.mesh,
    control: isolationOf(opened.mesh),
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

/** What a VirtualService says of one trip that is held by it. */
export const marker = (more: object = {}) => ({
  operationId: 'op-9',
  host: host('inventory'),
  caller: null,
  mechanism: refuse,
  until: 1_900_000_000_000,
  since: 1_800_000_000_000,
  by: 'someone',
  reason: '',
  routes: ['podium-trip-inventory-9-1'],
  ...more,
});

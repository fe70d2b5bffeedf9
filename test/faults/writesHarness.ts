import type { KubeObject } from '../../shared/rehearsal/kube/store.ts';
import type { SeenRequest } from '../../shared/rehearsal/kube/faults.ts';
import { createPayment, openCluster, paths, type OpenCluster } from '../conformance/cluster.ts';
import { startSimulatedCluster, type SimulatedCluster } from '../conformance/simulatedCluster.ts';
import { ready, splitOf } from '../conformance/weights.ts';

export interface Scene extends AsyncDisposable {
  readonly cluster: SimulatedCluster;
  readonly open: OpenCluster;
}

/** Payment at 70/30 on a simulated cluster, opened. */
export async function scene(user = 'admin'): Promise<Scene> {
  const cluster = await startSimulatedCluster();
  await createPayment(cluster);
  const open = await openCluster(cluster.settingsFor(user));
  return {
    cluster,
    open,
    async [Symbol.asyncDispose]() {
      await open[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

export const stored = ({ cluster }: Scene): KubeObject => {
  const document = cluster.store.get('virtualservices', cluster.namespace, 'payment');
  if (document === undefined) throw new Error('the document is gone');
  return document;
};
export const storedWeights = (here: Scene): unknown[] => {
  const spec = stored(here)['spec'] as {
    readonly http: readonly { readonly route: readonly { readonly weight?: number }[] }[];
  };
  return spec.http.map((route) => route.route.map((one) => one.weight ?? null));
};
export const isWrite = (request: SeenRequest): boolean =>
  request.method === 'PATCH' && request.query.get('dryRun') === null;
export const writes = ({ cluster }: Scene): number =>
  cluster.server.requests.filter(
    (request) => isWrite(request) && request.query.get('fieldManager') === 'podium',
  ).length;
export const split = (here: Scene, expected = ready) =>
  splitOf(here.open.mesh, here.cluster.namespace, expected);
export const path = (here: Scene): string => `${paths(here.cluster.namespace).virtualServices}/payment`;
export const annotate = (here: Scene, metadata: object) =>
  here.cluster.call('PATCH', path(here), { metadata });

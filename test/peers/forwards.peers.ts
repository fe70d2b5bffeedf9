import { afterAll, beforeAll } from 'vitest';
import { type ClusterUnderTest, createPayment } from '../conformance/cluster.ts';
import { forwardsConformance } from '../conformance/forwards.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { bindRoles } from '../support/bindRoles.ts';
import { readCoordinates } from './coordinates.ts';
import { forwardedNamespace, forwardedTo } from './start/kubelet.ts';

let cluster: ClusterUnderTest | null = null;

beforeAll(async () => {
  cluster = await startRealCluster(forwardedNamespace);
  await createPayment(cluster);
  await bindRoles(cluster, ['read'], 'shop-viewers');
});

afterAll(() => cluster?.[Symbol.asyncDispose]());

forwardsConformance('a real API server and kwok’s kubelet', () => {
  if (cluster === null) throw new Error('the cluster is not there yet');
  return Promise.resolve({
    cluster,
    withoutRight: {
      kubeconfig: { paths: [readCoordinates().kubernetes.kubeconfigFile] },
      context: 'shop-viewer',
    },
    listen: { host: forwardedTo.address, port: forwardedTo.port },
    tellsEnd: false,
    led: () => undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});

import { certificatesConformance } from '../conformance/certificates.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { realOperatorOf } from '../support/bindRoles.ts';
import { waitFor } from './start/processes.ts';

certificatesConformance(
  'a real API server',
  async () => {
    const cluster = await startRealCluster();
    // istiod puts its root into every namespace by itself, soon after that is there.
    await waitFor('the root certificate of the mesh', { limitMs: 30_000 }, () =>
      cluster.call('GET', `/api/v1/namespaces/${cluster.namespace}/configmaps/istio-ca-root-cert`).then(
        () => true,
        () => false,
      ),
    );
    return cluster;
  },
  realOperatorOf,
  { isSecured: true, hasGateways: true },
);

import { everyOperationConformance } from '../conformance/everyOperation.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { asOperator, bindRoles } from '../support/bindRoles.ts';
import { roleNames } from '../support/documentedRoles.ts';

everyOperationConformance('a real API server with istiod', startRealCluster, async (cluster) => {
  await bindRoles(cluster, ['notes', ...roleNames]);
  return asOperator(cluster);
});

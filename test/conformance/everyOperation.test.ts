import { roleNames } from '../support/documentedRoles.ts';
import { everyOperationConformance } from './everyOperation.ts';
import { simulatedOperatorOf } from './simulatedCluster.ts';
import { startWorkedCluster } from './workedCluster.ts';

let server: Awaited<ReturnType<typeof startWorkedCluster>> | undefined;

everyOperationConformance(
  'the rehearsal’s API server',
  async () => (server = await startWorkedCluster()),
  () => {
    if (server === undefined) throw new Error('the cluster has not been started');
    return simulatedOperatorOf(server, ['notes', ...roleNames]);
  },
);

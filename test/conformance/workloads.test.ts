import { startWorkedCluster } from './workedCluster.ts';
import type { SimulatedCluster } from './simulatedCluster.ts';
import { workloadsConformance } from './workloads.ts';

workloadsConformance('the rehearsal’s API server', startWorkedCluster, (cluster) =>
  (cluster as SimulatedCluster).settingsFor('viewer'),
);

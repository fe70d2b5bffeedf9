import { configConformance } from './config.ts';
import { configTextsConformance } from './configTexts.ts';
import type { SimulatedCluster } from './simulatedCluster.ts';
import { startWorkedCluster } from './workedCluster.ts';

configConformance('the rehearsal’s API server', startWorkedCluster, (cluster) =>
  (cluster as SimulatedCluster).settingsFor('viewer'),
);
configTextsConformance('the rehearsal’s API server', startWorkedCluster);

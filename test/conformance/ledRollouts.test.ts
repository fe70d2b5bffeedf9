import { ledRolloutsConformance } from './ledRollouts.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';

ledRolloutsConformance('the rehearsal’s API server', () =>
  startSimulatedCluster({ serves: ['argoproj.io', 'flagger.app'] }),
);

import { meshConfigConformance } from './meshConfig.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';

meshConfigConformance('the rehearsal’s API server', startSimulatedCluster);

import { isolationConformance } from './isolation.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';

isolationConformance('the rehearsal’s API server', () => startSimulatedCluster());

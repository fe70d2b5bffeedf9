import { routingConformance } from './routing.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';

routingConformance('the simulated API server', () => startSimulatedCluster());

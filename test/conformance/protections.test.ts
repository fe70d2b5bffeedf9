import { protectionsConformance } from './protections.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';

protectionsConformance('the simulated API server', () => startSimulatedCluster());

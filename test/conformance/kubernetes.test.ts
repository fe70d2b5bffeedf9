import { clusterSessionsConformance } from './clusterSessions.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';
import { topologyConformance } from './topology.ts';
import { weightsConformance } from './weights.ts';

topologyConformance('the rehearsal’s API server', () => startSimulatedCluster());
weightsConformance('the rehearsal’s API server', () => startSimulatedCluster());
clusterSessionsConformance('the rehearsal’s API server', () => startSimulatedCluster());

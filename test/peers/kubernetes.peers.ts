import { clusterSessionsConformance } from '../conformance/clusterSessions.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { topologyConformance } from '../conformance/topology.ts';
import { weightsConformance } from '../conformance/weights.ts';

topologyConformance('a real API server', startRealCluster);
weightsConformance('a real API server with istiod', startRealCluster);
clusterSessionsConformance('a real API server with istiod', startRealCluster);

import { isolationConformance } from '../conformance/isolation.ts';
import { startRealCluster } from '../conformance/realCluster.ts';

isolationConformance('a real API server with istiod', startRealCluster);

import { startRealCluster } from '../conformance/realCluster.ts';
import { workloadsConformance } from '../conformance/workloads.ts';

workloadsConformance('a real API server', startRealCluster, ({ settings }) => ({
  ...settings,
  context: 'viewer',
}));

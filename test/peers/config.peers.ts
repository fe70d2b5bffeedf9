import { configConformance } from '../conformance/config.ts';
import { startRealCluster } from '../conformance/realCluster.ts';

configConformance('a real API server', startRealCluster, ({ settings }) => ({
  ...settings,
  context: 'viewer',
}));

import { configConformance } from '../conformance/config.ts';
import { configTextsConformance } from '../conformance/configTexts.ts';
import { meshConfigConformance } from '../conformance/meshConfig.ts';
import { startRealCluster } from '../conformance/realCluster.ts';

configConformance('a real API server', startRealCluster, ({ settings }) => ({
  ...settings,
  context: 'viewer',
}));
configTextsConformance('a real API server', startRealCluster);
meshConfigConformance('a real API server with istiod', startRealCluster);

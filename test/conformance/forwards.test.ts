import { viewerRules } from '../../shared/rehearsal/kube/access.ts';
import { createPayment } from './cluster.ts';
import { forwardsConformance } from './forwards.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';

forwardsConformance('the rehearsal’s API server', async () => {
  let leadsTo = 0;
  const cluster = await startSimulatedCluster({
    podPorts: (_namespace, _pod, port) => (port === 8080 ? { host: '127.0.0.1', port: leadsTo } : undefined),
  });
  await createPayment(cluster);
  cluster.tokens.set('bound', { name: 'bound', rules: viewerRules });
  return {
    cluster,
    withoutRight: cluster.settingsFor('bound'),
    listen: { host: '127.0.0.1', port: 0 },
    tellsEnd: true,
    led: (port) => void (leadsTo = port),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
});

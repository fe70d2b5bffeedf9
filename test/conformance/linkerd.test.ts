import { linkerdConformance } from './linkerd.ts';
import { simulatedOperatorOf, startSimulatedCluster } from './simulatedCluster.ts';

linkerdConformance(
  'the rehearsal’s API server',
  () => startSimulatedCluster({ serves: ['gateway.networking.k8s.io', 'linkerd.io', 'split.smi-spec.io'] }),
  simulatedOperatorOf,
);

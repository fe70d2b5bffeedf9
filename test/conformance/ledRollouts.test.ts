import { ledInstancesConformance } from './ledInstances.ts';
import { ledRolloutsConformance } from './ledRollouts.ts';
import { simulatedOperatorOf, startSimulatedCluster } from './simulatedCluster.ts';

const where = 'the rehearsal’s API server';
const start = () => startSimulatedCluster({ serves: ['argoproj.io', 'flagger.app'] });

ledRolloutsConformance(where, start);
ledInstancesConformance(where, start, simulatedOperatorOf);

import { anyWeights } from './anyWeights.ts';
import { routesConformance } from './routes.ts';
import { startRoutedPayment } from './routesPayment.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';

const start = () => startSimulatedCluster({ serves: ['gateway.networking.k8s.io'] });

anyWeights('HTTPRoutes of the rehearsal’s API server', () => startRoutedPayment(start));
anyWeights('GRPCRoutes of the rehearsal’s API server', () => startRoutedPayment(start, 'GRPCRoute'));
routesConformance('the rehearsal’s API server', start);

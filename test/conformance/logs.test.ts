import { logsConformance } from './logs.ts';
import { startSimulatedLogs } from './simulatedLogs.ts';

logsConformance('the rehearsal’s API server', () => startSimulatedLogs());

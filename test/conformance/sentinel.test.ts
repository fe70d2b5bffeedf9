import { sentinelConformance } from './sentinel.ts';
import { simulatedSentinel } from './simulatedSentinel.ts';

sentinelConformance('simulated command centres', () => simulatedSentinel());

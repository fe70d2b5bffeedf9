import { simulatedSpring } from './simulatedSpring.ts';
import { springConformance } from './spring.ts';

springConformance('simulated actuators', () => simulatedSpring());

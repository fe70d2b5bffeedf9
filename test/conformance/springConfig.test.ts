import { simulatedSpringConfig } from './simulatedSpringConfig.ts';
import { springConfigConformance } from './springConfig.ts';

springConfigConformance('simulated programs', simulatedSpringConfig);

import { notesConformance } from '../conformance/notes.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { realOperatorOf } from '../support/bindRoles.ts';

notesConformance('a real API server', () => startRealCluster(), realOperatorOf);

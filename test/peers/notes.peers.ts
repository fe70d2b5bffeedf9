import { notesConformance } from '../conformance/notes.ts';
import { startRealCluster } from '../conformance/realCluster.ts';

notesConformance('a real API server', () => startRealCluster());

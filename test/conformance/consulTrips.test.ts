import { consulTrips } from './consulTrips.ts';
import { startSimulatedMesh } from './simulatedConsul.ts';

consulTrips('the simulated Consul mesh', startSimulatedMesh);

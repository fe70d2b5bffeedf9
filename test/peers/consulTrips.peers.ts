import { consulTrips } from '../conformance/consulTrips.ts';
import { startMesh } from './consulShopOpened.ts';

consulTrips('a real Consul mesh', startMesh);

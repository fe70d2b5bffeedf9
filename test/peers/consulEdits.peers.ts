import { consulEdits } from '../conformance/consulEdits.ts';
import { startMesh } from './consulShopOpened.ts';

consulEdits('a real Consul mesh', startMesh);

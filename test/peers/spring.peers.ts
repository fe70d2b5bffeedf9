import { afterAll, beforeAll } from 'vitest';
import { anyTopology } from '../conformance/anyTopology.ts';
import { realClock } from '../conformance/cluster.ts';
import { startEurekaPayment } from '../conformance/eurekaPayment.ts';
import { springConformance } from '../conformance/spring.ts';
import { springShop, springUnder } from './springRun.ts';
import type { SpringPeer } from './start/spring.ts';

let peer: SpringPeer;

// Four JVMs begin at once on two cores.
beforeAll(async () => {
  peer = await springShop();
}, 300_000);
afterAll(() => peer[Symbol.asyncDispose]());

// It is asked every five seconds, and answers out of a cache.
anyTopology('a real Eureka', () => startEurekaPayment(peer.eurekaUrl, realClock), 50_000);
springConformance('real actuators', () => Promise.resolve(springUnder(peer)), 240_000);

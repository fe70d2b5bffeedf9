import { afterAll, beforeAll } from 'vitest';
import { springConformance } from '../conformance/spring.ts';
import { springShop, springUnder } from './springRun.ts';
import type { SpringPeer } from './start/spring.ts';

let peer: SpringPeer;

// Four JVMs begin at once on two cores.
beforeAll(async () => {
  peer = await springShop();
}, 300_000);
afterAll(() => peer[Symbol.asyncDispose]());

springConformance('real actuators', () => Promise.resolve(springUnder(peer)), 240_000);

import { afterAll, beforeAll } from 'vitest';
import { anyTopology } from '../conformance/anyTopology.ts';
import { realClock } from '../conformance/cluster.ts';
import { startEurekaPayment } from '../conformance/eurekaPayment.ts';
import { springConformance } from '../conformance/spring.ts';
import { springConfigConformance } from '../conformance/springConfig.ts';
import { countsOfSpring } from '../conformance/springSignals.ts';
import { exposedByMicrometer } from './micrometer.ts';
import { configUnder } from './springConfigRun.ts';
import { countedShop, springShop, springUnder } from './springRun.ts';
import type { SpringPeer } from './start/spring.ts';

let peer: SpringPeer;

// Six JVMs begin at once on two cores: once for all suites that need nothing else, each of which puts right what it changed.
beforeAll(async () => {
  peer = await springShop();
}, 300_000);
afterAll(() => peer[Symbol.asyncDispose]());

// First, for it must not hear of calls that the others make.
countsOfSpring('real processes', () => Promise.resolve(countedShop(peer)), 60_000);
// It is asked every five seconds, and answers out of a cache.
anyTopology('a real Eureka', () => startEurekaPayment(peer.eurekaUrl, realClock), 50_000);
springConformance('real actuators', () => Promise.resolve(springUnder(peer)), 240_000);
springConfigConformance('real programs', () => configUnder(peer), 240_000);
exposedByMicrometer(() => countedShop(peer));

import { afterAll, beforeAll } from 'vitest';
import { realClock } from '../conformance/cluster.ts';
import { countsOfSpring } from '../conformance/springSignals.ts';
import { springShop } from './springRun.ts';
import type { SpringPeer } from './start/spring.ts';
import { springInstances, springRange } from './start/springShop.ts';

let peer: SpringPeer;

beforeAll(async () => {
  peer = await springShop();
}, 300_000);
afterAll(() => peer[Symbol.asyncDispose]());

const order = springInstances.find(({ id }) => id === 'order-1');

countsOfSpring(
  'real processes',
  () =>
    Promise.resolve({
      settings: { address: peer.eurekaUrl, within: springRange, actuatorHeaders: [] },
      clock: realClock,
      async order(times: number) {
        for (let index = 0; index < times; index += 1) {
          const answer = await fetch(`http://${order?.address}:8080/order/${index}`, {
            signal: AbortSignal.timeout(20_000),
          });
          await answer.text();
        }
      },
      async losePayment() {
        for (const id of ['payment-1', 'payment-2']) await peer.stop(id);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
  60_000,
);

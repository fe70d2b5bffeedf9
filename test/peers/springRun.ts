import { realClock } from '../conformance/cluster.ts';
import type { SpringUnderTest } from '../conformance/springShop.ts';
import type { CountedShop } from '../conformance/springSignals.ts';
import { readCoordinates } from './coordinates.ts';
import { findPeers } from './install.ts';
import { type SpringOptions, type SpringPeer, startSpring } from './start/spring.ts';
import { waitFor } from './start/processes.ts';
import { noteStarted } from './started.ts';
import { type SpringInstance, springInstances, springRange, thirdOrder } from './start/springShop.ts';

/** Eureka, the Config Server and two of each service: started by the suites that need them, for they cost a minute. */
export async function springShop(more: Omit<SpringOptions, 'dir' | 'runDir'> = {}): Promise<SpringPeer> {
  const { spring } = findPeers();
  const { runDir } = readCoordinates();
  if (spring.kind === 'absent') throw new Error(`${spring.name} is absent because ${spring.because}`);
  const started = await startSpring({ ...more, dir: spring.dir, runDir });
  noteStarted(runDir, spring.name);
  return started;
}

const shop: readonly SpringInstance[] = [...springInstances, thirdOrder];

export function instanceNamed(id: string): SpringInstance {
  const found = shop.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

/** The running shop as its counts are put to the test; what was stopped for that is started again. */
export function countedShop(peer: SpringPeer): CountedShop {
  const payments = ['payment-1', 'payment-2'];
  return {
    settings: { address: peer.eurekaUrl, within: springRange, actuatorHeaders: [] },
    clock: realClock,
    async order(times) {
      for (let index = 0; index < times; index += 1) {
        const answer = await fetch(`http://${instanceNamed('order-1').address}:8080/order/${index}`, {
          signal: AbortSignal.timeout(20_000),
        });
        await answer.text();
      }
    },
    async losePayment() {
      for (const id of payments) await peer.stop(id);
    },
    async [Symbol.asyncDispose]() {
      const stopped = payments.filter((id) => !peer.running.has(id));
      await Promise.all(stopped.map((id) => peer.start(instanceNamed(id))));
    },
  };
}

/** The running shop as the suites change it; what they left is put right when one is done. */
export function springUnder(peer: SpringPeer): SpringUnderTest {
  const orders = (): string[] => [...peer.running.keys()].filter((id) => id.startsWith('order-')).sort();
  const breakersOf = (id: string): string => `${instanceNamed(id).actuator}/circuitbreakers`;
  const set = async (id: string, updateState: string): Promise<void> => {
    const answer = await fetch(`${breakersOf(id)}/payment`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ updateState }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`${updateState} on ${id}: ${answer.status}`);
  };
  /** Says something to an instance's actuator, as an operator by hand. */
  const say = async (id: string, path: string, method: string, body?: unknown): Promise<void> => {
    const answer = await fetch(`${instanceNamed(id).actuator}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`${method} ${path} on ${id}: ${answer.status}`);
  };
  const stateOf = async (id: string): Promise<string | undefined> => {
    const answer = await fetch(breakersOf(id), { signal: AbortSignal.timeout(10_000) });
    const body = (await answer.json()) as { circuitBreakers: Record<string, { state: string }> };
    return body.circuitBreakers['payment']?.state;
  };
  const payments = ['payment-1', 'payment-2'];
  const paysAgain = (id: string): Promise<boolean> =>
    fetch(`http://${instanceNamed(id).address}:8080/pay/1`, { signal: AbortSignal.timeout(10_000) }).then(
      ({ ok }) => ok,
    );
  return {
    settings: { address: peer.eurekaUrl, within: springRange, actuatorHeaders: [] },
    clock: realClock,
    orders,
    async breakersIn(id) {
      const answer = await fetch(breakersOf(id), { signal: AbortSignal.timeout(10_000) });
      const body = (await answer.json()) as { circuitBreakers: Record<string, { state: string }> };
      return Object.fromEntries(
        Object.entries(body.circuitBreakers).map(([name, { state }]) => [name, state]),
      );
    },
    setByHand: set,
    async openByFailing(id) {
      for (const one of payments) {
        await say(one, '/env', 'POST', { name: 'payment.fail-ratio', value: '1' });
        await say(one, '/refresh', 'POST');
      }
      await waitFor(`the breaker of ${id} to open`, { limitMs: 30_000 }, async () => {
        await fetch(`http://${instanceNamed(id).address}:8080/order/1`, {
          signal: AbortSignal.timeout(10_000),
        });
        return (await stateOf(id)) !== 'CLOSED';
      });
      for (const one of payments) {
        await say(one, '/env', 'DELETE');
        await say(one, '/refresh', 'POST');
        await waitFor(`${one} to pay again`, { limitMs: 30_000 }, () => paysAgain(one));
      }
    },
    async fallsBack(id) {
      const answer = await fetch(`http://${instanceNamed(id).address}:8080/order/1`, {
        signal: AbortSignal.timeout(10_000),
      });
      const { payment } = (await answer.json()) as { payment: { fallback?: boolean } };
      return payment.fallback === true;
    },
    async statusOf(id) {
      const answer = await fetch(`${peer.eurekaUrl}/eureka/apps/PAYMENT/${id}`, {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(10_000),
      });
      const { instance } = (await answer.json()) as { instance: { status: string } };
      return instance.status;
    },
    // Every two seconds by themselves.
    clientsFollow: () => undefined,
    async paidBy() {
      const { address } = instanceNamed('order-1');
      const answers = await Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          const answer = await fetch(`http://${address}:8080/order/${i}`, {
            signal: AbortSignal.timeout(10_000),
          });
          return ((await answer.json()) as { payment: { instance?: string } }).payment.instance ?? 'nobody';
        }),
      );
      return new Set(answers);
    },
    async join() {
      await peer.start(thirdOrder);
      return thirdOrder.id;
    },
    async restart(id) {
      await peer.stop(id);
      await peer.start(instanceNamed(id));
    },
    async [Symbol.asyncDispose]() {
      if (peer.running.has(thirdOrder.id)) await peer.stop(thirdOrder.id);
      for (const id of orders()) await set(id, 'CLOSE');
    },
  };
}

import type { ConnectorHost } from '../../shared/connectors/kit/connector.ts';
import { realClock } from './cluster.ts';
import { type SimulatedActuator, simulateActuator } from '../../shared/rehearsal/spring/actuator.ts';
import { type SimulatedEureka, simulateEureka } from '../../shared/rehearsal/spring/eureka.ts';
import type { SpringUnderTest } from './springShop.ts';

/** Polls are a tenth of a second apart instead of seconds. */
export const quickClock: ConnectorHost['clock'] = {
  now: realClock.now,
  sleep: (ms, signal) => realClock.sleep(Math.min(ms, 100), signal),
};

/** The simulated shop, with its parts at hand. */
export interface SimulatedSpring extends SpringUnderTest {
  readonly eureka: SimulatedEureka;
  readonly actuators: ReadonlyMap<string, SimulatedActuator>;
  /** Starts one more instance, with a breaker “payment” if it is order's. */
  start(app: 'payment' | 'order', id: string, version?: string): Promise<void>;
}

export async function simulatedSpring(): Promise<SimulatedSpring> {
  await using stack = new AsyncDisposableStack();
  const eureka = stack.use(await simulateEureka());
  const actuators = new Map<string, SimulatedActuator>();
  const of = (id: string): SimulatedActuator => {
    const found = actuators.get(id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  };
  const start: SimulatedSpring['start'] = async (app, id, version = 'v1') => {
    const actuator = await simulateActuator(app === 'order' ? ['payment'] : []);
    actuators.set(id, actuator);
    eureka.register({ app, id, port: actuator.port, version, metadata: { team: 'shop', zone: 'west' } });
  };
  stack.defer(async () => {
    for (const actuator of actuators.values()) await actuator[Symbol.asyncDispose]();
  });
  await start('payment', 'payment-1', 'v1');
  await start('payment', 'payment-2', 'v2');
  await start('order', 'order-1');
  await start('order', 'order-2');
  const follow = (): void => {
    const up = ['payment-1', 'payment-2'].filter((id) => eureka.statusOf('payment', id) === 'UP');
    for (const actuator of actuators.values()) actuator.clientView = { PAYMENT: up.length };
  };
  follow();
  const whole = stack.move();
  return {
    settings: {
      address: `http://127.0.0.1:${eureka.port}`,
      within: '127.0.0.0/8',
      actuatorHeaders: [],
    },
    clock: quickClock,
    eureka,
    actuators,
    start,
    orders: () => [...actuators.keys()].filter((id) => id.startsWith('order-')),
    breakersIn: (id) =>
      Promise.resolve(Object.fromEntries([...of(id).breakers].map(([name, { state }]) => [name, state]))),
    setByHand(id, verb) {
      const breaker = of(id).breakers.get('payment');
      if (breaker === undefined) throw new Error(`${id} has no breaker`);
      breaker.state = verb === 'CLOSE' ? 'CLOSED' : verb === 'DISABLE' ? 'DISABLED' : 'FORCED_OPEN';
      return Promise.resolve();
    },
    openByFailing(id) {
      const breaker = of(id).breakers.get('payment');
      const failed = { at: Date.now(), durationMs: 5, error: 'java.io.IOException' };
      while (breaker?.state === 'CLOSED') breaker.record(failed);
      return Promise.resolve();
    },
    fallsBack: () => Promise.resolve(null),
    paidBy: () => Promise.resolve(null),
    statusOf: (id) => Promise.resolve(eureka.statusOf('payment', id)),
    clientsFollow: follow,
    async join() {
      await start('order', 'order-3');
      return 'order-3';
    },
    async restart(id) {
      await of(id)[Symbol.asyncDispose]();
      await start('order', id);
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}

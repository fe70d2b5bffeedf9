import { type SimulatedCentre, simulateCentre } from '../stand-ins/sentinel/commandCentre.ts';
import { loaded, type RuleType } from '../stand-ins/sentinel/rules.ts';
import type { SentinelUnderTest } from './sentinelShop.ts';
import { quickClock } from './simulatedSpring.ts';

/** The simulated instances, with their command centres at hand. */
export interface SimulatedSentinel extends SentinelUnderTest {
  readonly centres: ReadonlyMap<string, SimulatedCentre>;
}

export async function simulatedSentinel(): Promise<SimulatedSentinel> {
  const centres = new Map<string, SimulatedCentre>();
  const ports = new Map<string, number>();
  for (const id of ['payment-1', 'order-1', 'order-2', 'order-3']) {
    const centre = await simulateCentre();
    ports.set(id, centre.port);
    if (id === 'order-3') await centre[Symbol.asyncDispose]();
    else centres.set(id, centre);
  }
  const of = (id: string): SimulatedCentre => {
    const found = centres.get(id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  };
  const addressOf = (id: string): string => `127.0.0.1:${ports.get(id)}`;
  const order = (id: string): 'paid' | 'fallback' | 'refused' => {
    if (!of(id).call(['/order'])) return 'refused';
    if (!of(id).call(['/order', 'payment'].slice(1))) return 'fallback';
    of('payment-1').call(['/pay']);
    return 'paid';
  };
  const begin = async (id: string): Promise<void> => {
    centres.set(id, await simulateCentre(ports.get(id)));
    of(id).call(['/order', 'payment']);
  };
  for (const id of ['order-1', 'order-2']) of(id).call(['/order', 'payment']);
  of('payment-1').call(['/pay']);
  return {
    settings: {
      centres: [...ports.keys()].map((id) => ({
        app: id.replace(/-\d$/, ''),
        address: `http://${addressOf(id)}`,
      })),
    },
    clock: quickClock,
    centres,
    orders: () => [...centres.keys()].filter((id) => id.startsWith('order-')).sort(),
    nameOf: addressOf,
    rulesIn: (id) => Promise.resolve(of(id).rules.flow),
    setByHand(id, rules, type = 'flow') {
      of(id).rules[type as RuleType] = loaded(type as RuleType, rules);
      return Promise.resolve();
    },
    switchByHand(id, on) {
      of(id).isOn = on;
      return Promise.resolve();
    },
    order: (id) => Promise.resolve(order(id)),
    async join() {
      await begin('order-3');
      return 'order-3';
    },
    async stop(id) {
      await of(id)[Symbol.asyncDispose]();
    },
    begin,
    async [Symbol.asyncDispose]() {
      for (const centre of centres.values()) await centre[Symbol.asyncDispose]();
    },
  };
}

import { realClock } from '../conformance/cluster.ts';
import type { FlowRule, SentinelUnderTest } from '../conformance/sentinelShop.ts';
import { readCoordinates } from './coordinates.ts';
import { findPeers } from './install.ts';
import {
  commandUrl,
  type SentinelInstance,
  sentinelInstances,
  type SentinelPeer,
  serviceUrl,
  startSentinel,
  thirdOrder,
} from './start/sentinel.ts';
import { noteStarted } from './started.ts';

/** Payment and two of order with the real library in them: started by the suite that needs them. */
export async function sentinelShop(): Promise<SentinelPeer> {
  const { sentinel } = findPeers();
  const { runDir } = readCoordinates();
  if (sentinel.kind === 'absent') throw new Error(`${sentinel.name} is absent because ${sentinel.because}`);
  const started = await startSentinel({ dir: sentinel.dir, runDir });
  noteStarted(runDir, sentinel.name);
  return started;
}

const shop: readonly SentinelInstance[] = [...sentinelInstances, thirdOrder];

export function instanceNamed(id: string): SentinelInstance {
  const found = shop.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

async function ask(url: string, form?: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(url, {
    ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return text;
}

/** Sets rules past Podium; an id is sent as it is given. */
export async function setRules(id: string, rules: readonly FlowRule[], type = 'flow'): Promise<string> {
  const url = `${commandUrl(instanceNamed(id))}/${type === 'paramFlow' ? 'setParamFlowRules' : 'setRules'}`;
  return ask(url, { type, data: JSON.stringify(rules) });
}

/** What a client sees of one order. */
export async function order(id: string): Promise<'paid' | 'fallback' | 'refused'> {
  const answer = await fetch(`${serviceUrl(instanceNamed(id))}/order`, {
    signal: AbortSignal.timeout(10_000),
  });
  if (answer.status === 429) return 'refused';
  const { payment } = (await answer.json()) as { payment: { fallback?: boolean; paid?: boolean } };
  if (payment.fallback === true) return 'fallback';
  if (payment.paid === true) return 'paid';
  throw new Error(`an order through ${id} was neither paid nor refused: ${JSON.stringify(payment)}`);
}

/** The running shop as the suites change it; what they left is put right when one is done. */
export function sentinelUnder(peer: SentinelPeer): SentinelUnderTest {
  const orders = (): string[] => [...peer.running.keys()].filter((id) => id.startsWith('order-')).sort();
  return {
    settings: { centres: shop.map((one) => ({ app: one.app, address: commandUrl(one) })) },
    clock: realClock,
    orders,
    nameOf: (id) => new URL(commandUrl(instanceNamed(id))).host,
    async rulesIn(id) {
      return JSON.parse(await ask(`${commandUrl(instanceNamed(id))}/getRules?type=flow`)) as FlowRule[];
    },
    async setByHand(id, rules, type) {
      await setRules(id, rules, type);
    },
    async switchByHand(id, on) {
      await ask(`${commandUrl(instanceNamed(id))}/setSwitch?value=${on}`);
    },
    order,
    async join() {
      await peer.start(thirdOrder);
      return thirdOrder.id;
    },
    stop: (id) => peer.stop(id),
    begin: (id) => peer.start(instanceNamed(id)),
    async [Symbol.asyncDispose]() {
      if (peer.running.has(thirdOrder.id)) await peer.stop(thirdOrder.id);
      for (const id of peer.running.keys()) {
        await ask(`${commandUrl(instanceNamed(id))}/setSwitch?value=true`);
        for (const type of ['flow', 'degrade', 'authority', 'system', 'paramFlow'])
          await setRules(id, [], type);
      }
    },
  };
}

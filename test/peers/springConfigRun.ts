import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { realClock } from '../conformance/cluster.ts';
import { configTexts, type SpringConfigUnderTest } from '../conformance/springConfig.ts';
import { instanceNamed } from './springRun.ts';
import type { SpringPeer } from './start/spring.ts';
import { springRange, thirdOrder } from './start/springShop.ts';

const ids = ['payment-1', 'payment-2', 'order-1', 'order-2'] as const;

/** Values are masked, and the environment cannot be written, as Spring Boot has it unless it is told otherwise. */
const masking = {
  management: {
    endpoints: { web: { exposure: { include: '*' } } },
    endpoint: { env: { 'show-values': 'never' } },
  },
};

async function ask(id: string, path: string, method = 'GET', body?: unknown): Promise<Response> {
  return await fetch(`${instanceNamed(id).actuator}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
}

const overridesIn = async (id: string): Promise<Readonly<Record<string, string>>> => {
  const body = (await (await ask(id, '/env')).json()) as {
    propertySources: { name: string; properties: Record<string, { value: string }> }[];
  };
  const manager = body.propertySources.find(({ name }) => name === 'manager');
  return Object.fromEntries(
    Object.entries(manager?.properties ?? {}).map(([key, { value }]) => [key, value]),
  );
};

/** What an instance answers to when it has what the suite begins with; a refresh costs it seconds. */
async function isSettled(id: string): Promise<boolean> {
  const has = async (key: string, value: string): Promise<boolean> => {
    const answer = await ask(id, `/env/${key}`);
    return answer.ok && (await answer.text()).includes(`"value":"${value}"},"propertySources"`);
  };
  if (Object.keys(await overridesIn(id)).length > 0) return false;
  if (!(await has('shop.note', 'from the config server'))) return false;
  return (
    id.startsWith('order') ||
    ((await has('payment.greeting', 'hello')) && (await has('payment.api-key', 'k-123')))
  );
}

/** Everybody has what the suite begins with. */
async function settle(peer: SpringPeer): Promise<void> {
  for (const [file, text] of Object.entries(configTexts)) writeFileSync(join(peer.configFolder, file), text);
  for (const id of ids) {
    if (await isSettled(id)) continue;
    await ask(id, '/env', 'DELETE');
    await ask(id, '/refresh', 'POST');
  }
}

/** The running shop as the suites of configuration change it, whatever other suites left. */
export async function configUnder(peer: SpringPeer): Promise<SpringConfigUnderTest> {
  await settle(peer);
  return {
    settings: {
      address: peer.eurekaUrl,
      within: springRange,
      actuatorHeaders: [],
      configServer: { address: peer.configUrl, headers: [], folder: realpathSync(peer.configFolder) },
    },
    clock: realClock,
    folder: peer.configFolder,
    async greetingOf(id) {
      const answer = await fetch(`http://${instanceNamed(id).address}:8080/pay/1`, {
        signal: AbortSignal.timeout(30_000),
      });
      return ((await answer.json()) as { greeting?: string }).greeting ?? null;
    },
    async overrideByHand(id, name, value) {
      await ask(id, '/env', 'POST', { name, value });
    },
    overridesIn,
    async levelIn(id, logger) {
      const body = (await (await ask(id, `/loggers/${logger}`)).json()) as { configuredLevel?: string };
      return body.configuredLevel ?? null;
    },
    async joinMasking() {
      await peer.start(thirdOrder, masking);
      return thirdOrder.id;
    },
    async [Symbol.asyncDispose]() {
      if (peer.running.has(thirdOrder.id)) await peer.stop(thirdOrder.id);
    },
  };
}

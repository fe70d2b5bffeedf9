import { afterAll, beforeAll } from 'vitest';
import { realClock } from '../conformance/cluster.ts';
import type { GatewayUnderTest } from '../conformance/gatewayUnderTest.ts';
import { gatewayConformance } from '../conformance/springGateway.ts';
import { readCoordinates } from './coordinates.ts';
import { exposedByGateway } from './gatewayMetrics.ts';
import { findPeers } from './install.ts';
import { type SpringPeer, startSpring } from './start/spring.ts';
import { gatewayInstance, type SpringInstance, springInstances, springRange } from './start/springShop.ts';

let peer: SpringPeer;

const copy = (number: number): SpringInstance => ({
  ...gatewayInstance,
  id: `gateway-${number}`,
  address: `10.79.3.${number}`,
  actuator: `http://10.79.3.${number}:8080/actuator`,
});
const [first, second, third] = [copy(1), copy(2), copy(3)];
const copies = new Map([first, second, third].map((one) => [one.id, one]));
const payments = springInstances.filter(({ app }) => app === 'payment');

// Five JVMs begin at once on two cores.
beforeAll(async () => {
  const { spring } = findPeers();
  if (spring.kind === 'absent') throw new Error(`${spring.name} is absent because ${spring.because}`);
  const { runDir } = readCoordinates();
  peer = await startSpring({ dir: spring.dir, runDir, instances: [...payments, first, second] });
}, 300_000);
afterAll(() => peer[Symbol.asyncDispose]());

const within = (ms: number): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(ms) });

function copyNamed(id: string): SpringInstance {
  const found = copies.get(id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

async function ask(id: string, path: string, method = 'GET', body?: unknown): Promise<unknown> {
  const answer = await fetch(`${copyNamed(id).actuator}/gateway${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    ...within(10_000),
  });
  const text = await answer.text();
  return text === '' ? null : JSON.parse(text);
}

const routes = ['payment-v1', 'payment-v2'] as const;

async function under(): Promise<GatewayUnderTest> {
  const ids = (): string[] => [...peer.running.keys()].filter((id) => copies.has(id)).sort();
  return {
    settings: { address: peer.eurekaUrl, within: springRange, actuatorHeaders: [] },
    clock: realClock,
    gateways: ids,
    async served(id) {
      const live = (await ask(id, '/routes')) as { route_id: string; predicate: string }[];
      return routes.map((route) => {
        const last = live.findLast(({ route_id }) => route_id === route)?.predicate ?? '';
        return Number(/Weight: payment (\d+)/.exec(last)?.[1]);
      });
    },
    stored: async (id) => ((await ask(id, '/routedefinitions')) as unknown[]).length,
    async call(id, times, headers = {}) {
      // Every service says itself who it is; its meters would say so a moment after the answer.
      const counted = { v1: 0, v2: 0 };
      for (let i = 0; i < times; i += 1) {
        const answer = await fetch(`http://${copyNamed(id).address}:8080/pay/${i}`, {
          headers: { ...headers },
          ...within(10_000),
        });
        if (answer.status !== 200) throw new Error(`a call was answered ${answer.status}`);
        const { version } = (await answer.json()) as { version: 'v1' | 'v2' };
        counted[version] += 1;
      }
      return counted;
    },
    async setByHand(id, weights) {
      const definitions = (await ask(id, '/routedefinitions')) as {
        id: string;
        predicates: { name: string; args: object }[];
      }[];
      for (const [i, route] of routes.entries()) {
        const definition = definitions.find((one) => one.id === route);
        const predicates = definition?.predicates.map((predicate) =>
          predicate.name === 'Weight'
            ? { ...predicate, args: { ...predicate.args, _genkey_1: String(weights[i]) } }
            : predicate,
        );
        await ask(id, `/routes/${route}`, 'POST', { ...definition, predicates });
      }
      await ask(id, '/refresh', 'POST');
    },
    async restart(id) {
      await peer.stop(id);
      await peer.start(copyNamed(id));
    },
    async join() {
      await peer.start(third);
      return third.id;
    },
    async [Symbol.asyncDispose]() {
      if (peer.running.has(third.id)) await peer.stop(third.id);
      for (const id of ids()) {
        for (const route of routes) await ask(id, `/routes/${route}`, 'DELETE');
        await ask(id, '/refresh', 'POST');
      }
    },
  };
}

gatewayConformance('real gateways', under, 240_000);
exposedByGateway(() => ({ ...first, ask: (path, method, body) => ask(first.id, path, method, body) }));

import { afterEach, describe, expect, test } from 'vitest';
import { createMeters } from '../../shared/rehearsal/spring/meters.ts';
import { type SimulatedActuator, simulateActuator } from '../../shared/rehearsal/spring/actuator.ts';
import { simulateEureka } from '../../shared/rehearsal/spring/eureka.ts';
import { createGateway, fileRoute, type SimulatedGateway } from '../../shared/rehearsal/spring/gateway.ts';
import { createRandom } from '../../shared/rehearsal/traffic/random.ts';
import { quickClock } from './simulatedSpring.ts';
import { openSpring, type OpenSpring } from './springShop.ts';
import { gatewayProof, gatewaySplit, type GatewayUnderTest, weightsIn } from './gatewayUnderTest.ts';
import { gatewayConformance } from './springGateway.ts';
import { changeOf, guardsOf, shift, signal, weightsOf } from './weights.ts';

interface SimulatedUnder extends GatewayUnderTest {
  of(id: string): SimulatedGateway;
}

async function simulatedGateways(
  ids: { readonly v1: string; readonly v2: string } = plain,
): Promise<SimulatedUnder> {
  await using stack = new AsyncDisposableStack();
  const eureka = stack.use(await simulateEureka());
  const running = new Map<
    string,
    { readonly actuator: SimulatedActuator; readonly gateway: SimulatedGateway }
  >();
  const random = createRandom(7);
  const addresses: Record<string, string> = {};
  stack.defer(async () => {
    for (const { actuator } of running.values()) await actuator[Symbol.asyncDispose]();
  });
  for (const [number, version] of [
    [1, 'v1'],
    [2, 'v2'],
  ] as const) {
    const actuator = stack.use(await simulateActuator([]));
    addresses[version] = `http://127.0.0.1:${actuator.port}`;
    eureka.register({ app: 'payment', id: `payment-${number}`, port: actuator.port, version });
  }
  const start = async (id: string): Promise<string> => {
    const meters = createMeters(Date.now);
    const gateway = createGateway({
      file: [
        fileRoute(ids.v1, addresses['v1'] ?? '', '/pay/**', 'payment', 80),
        fileRoute(ids.v2, addresses['v2'] ?? '', '/pay/**', 'payment', 20),
      ],
      meters,
      fraction: random.next,
    });
    const actuator = await simulateActuator([], [gateway.endpoint], { meters });
    running.set(id, { actuator, gateway });
    eureka.register({ app: 'gateway', id, port: actuator.port, version: 'v1' });
    return id;
  };
  await start('gateway-1');
  await start('gateway-2');
  const of = (id: string): SimulatedGateway => {
    const found = running.get(id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found.gateway;
  };
  const ask = async (id: string, path: string, method = 'GET', body?: unknown): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${running.get(id)?.actuator.port}/actuator/gateway${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return text === '' ? null : JSON.parse(text);
  };
  const whole = stack.move();
  return {
    of,
    settings: { address: `http://127.0.0.1:${eureka.port}`, within: '127.0.0.0/8', actuatorHeaders: [] },
    clock: quickClock,
    gateways: () => [...running.keys()],
    async served(id) {
      const routes = (await ask(id, '/routes')) as { route_id: string; predicate: string }[];
      return [ids.v1, ids.v2].map((route) => {
        const last = routes.findLast(({ route_id }) => route_id === route)?.predicate ?? '';
        return Number(/Weight: payment (\d+)/.exec(last)?.[1]);
      });
    },
    stored: async (id) => ((await ask(id, '/routedefinitions')) as unknown[]).length,
    call(id, times, headers) {
      const counted = { v1: 0, v2: 0 };
      for (let i = 0; i < times; i += 1) {
        const uri = of(id).send('/pay/1', headers);
        if (uri === null) throw new Error('a call was answered 404');
        counted[uri === addresses['v1'] ? 'v1' : 'v2'] += 1;
      }
      return Promise.resolve(counted);
    },
    async setByHand(id, weights) {
      for (const [i, route] of [ids.v1, ids.v2].entries())
        await ask(
          id,
          `/routes/${encodeURIComponent(route)}`,
          'POST',
          fileRoute(route, addresses[`v${i + 1}`] ?? '', '/pay/**', 'payment', weights[i] ?? 0),
        );
      of(id).heartbeat();
    },
    async restart(id) {
      await running.get(id)?.actuator[Symbol.asyncDispose]();
      await start(id);
    },
    join: () => start('gateway-3'),
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}

const plain = { v1: 'payment-v1', v2: 'payment-v2' };

gatewayConformance('simulated gateways', simulatedGateways);

describe('gateways that cannot be trusted', () => {
  let open: (OpenSpring & { readonly under: SimulatedUnder }) | null = null;
  afterEach(async () => {
    await open?.[Symbol.asyncDispose]();
    await open?.under[Symbol.asyncDispose]();
    open = null;
  });

  async function opened(ids = plain) {
    const under = await simulatedGateways(ids);
    open = Object.assign(await openSpring(under), { under });
    const split = await gatewaySplit(open);
    return { under, open, split, control: weightsOf(open.actuators) };
  }

  test('one that answers 201 and 200 and serves its old table is never called loaded', async () => {
    const { under, open: all, split, control } = await opened();
    under.of('gateway-2').fault = 'keepsTable';
    const since = Date.now();
    const plan = await control.plan(shift(split, [50, 50]), signal);
    await control.apply(plan, signal);
    expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'after' });
    const said = {
      detail:
        '1 of 2 copies serve it: 50 / 50; gateway-2 serves 80 / 20 and only stores 50 / 50; its log says why',
    };
    expect(await gatewayProof(all, plan, since)).toEqual({ ...said, state: 'waiting' });
    // It has had half a minute.
    expect(await gatewayProof(all, plan, since - 31_000)).toEqual({
      ...said,
      state: 'contradicted',
    });
    const now = await gatewaySplit(all, ({ route }) => route.match.includes('does not serve it'));
    expect(now.route.match).toContain('gateway-2 stores 50 / 50 and does not serve it');
    // Whoever plans now is told that a refresh may fail.
    expect(guardsOf(await control.plan(shift(now, [60, 40]), signal))).toMatchObject({ table: 'tick' });
  });

  test('of a pair whose second write fails the first is put back, and the other copies go on', async () => {
    const { under, split, control } = await opened();
    under.of('gateway-2').fault = 1;
    const plan = await control.plan(shift(split, [50, 50]), signal);
    await control.apply(plan, signal);
    under.of('gateway-2').heartbeat();
    expect(await under.served('gateway-1')).toEqual([50, 50]);
    expect(await under.served('gateway-2')).toEqual([80, 20]);
    expect(under.of('gateway-2').memory.size).toBe(0);
    expect(await control.verify(changeOf(plan), signal)).toMatchObject({
      state: 'else',
      detail: expect.stringMatching(
        /^1 of 2 copies store it; gateway-2 divides 80 \/ 20, as before: gateway-2: Storing route payment-v1 .* Its routes were put back/,
      ) as unknown,
    });
    // And what memory held before goes back there.
    under.of('gateway-2').fault = null;
    await under.setByHand('gateway-2', [70, 30]);
    await under.setByHand('gateway-1', [70, 30]);
    const changed = await gatewaySplit(
      { ...(open as OpenSpring) },
      (now) => weightsIn(now).join() === '70,30',
    );
    const next = await control.plan(shift(changed, [50, 50]), signal);
    for (const id of under.gateways()) under.of(id).fault = 1;
    await expect(control.apply(next, signal)).rejects.toThrow(/putting its routes back failed/);
    for (const id of under.gateways()) under.of(id).fault = 'losesRefresh';
    await under.setByHand('gateway-1', [70, 30]);
    await under.setByHand('gateway-2', [70, 30]);
    const third = await control.plan(shift(changed, [40, 60]), signal);
    await expect(control.apply(third, signal)).rejects.toThrow(/Its routes were put back/);
    for (const id of under.gateways()) under.of(id).heartbeat();
    expect(await under.served('gateway-1')).toEqual([70, 30]);
  });

  test('between two writes of a pair the gateway may load what is stored: never does it find no route then', async () => {
    const { under, split, control } = await opened();
    const gateway = under.of('gateway-1');
    const all = await control.plan(shift(split, [100, 0]), signal);
    await control.apply(all, signal);
    const now = await gatewaySplit(open as OpenSpring, ({ destinations }) => destinations[1]?.weight === 0);
    const plan = await control.plan(shift(now, [0, 100]), signal);
    const seen: (string | null)[] = [];
    const store = gateway.memory.set.bind(gateway.memory);
    Object.assign(gateway.memory, {
      set(id: string, route: Parameters<typeof store>[1]) {
        store(id, route);
        gateway.heartbeat();
        seen.push(gateway.send('/pay/1'));
        return gateway.memory;
      },
    });
    await control.apply(plan, signal);
    expect(seen).toHaveLength(2);
    expect(seen).not.toContain(null);
  });

  test('M26 routes that hold what Spring evaluates are shown and never written, not even unchanged', async () => {
    const under = await simulatedGateways();
    const gateway = under.of('gateway-1');
    gateway.memory.set('payment-v1', {
      ...fileRoute('payment-v1', 'http://127.0.0.1:9', '/pay/**', 'payment', 80),
      filters: [{ name: 'RequestRateLimiter', args: { 'key-resolver': '#{@principalNameKeyResolver}' } }],
    });
    open = Object.assign(await openSpring(under), { under });
    const split = await gatewaySplit(open, ({ readOnly }) => readOnly !== null);
    expect(split.readOnly).toMatch(/^Route payment-v1 holds “#\{”/);
    const control = weightsOf(open.actuators);
    await expect(control.plan(shift(split, [50, 50]), signal)).rejects.toThrow(/read-only here/);
    // Nor is a plan that somebody made up.
    gateway.memory.clear();
    gateway.heartbeat();
    const plan = await control.plan(
      shift(await gatewaySplit(open, ({ readOnly }) => readOnly === null), [50, 50]),
      signal,
    );
    const change = changeOf(plan);
    for (const [from, to] of [
      ['"50"', '"#{7+1}"'],
      ['"50"', '"ten"'],
      ['/pay/**', '"#{T(java.lang.Runtime).getRuntime()}"'],
      ['/pay/**', '/**'],
      ['id: payment-v2', 'id: payment-v9'],
    ] as const) {
      const forged = { ...plan, changes: [{ ...change, after: change.after.replace(from, to) }] };
      expect(forged.changes[0]?.after).not.toBe(change.after);
      await expect(control.apply(forged, signal)).rejects.toMatchObject({ kind: 'refused' });
    }
    expect(gateway.memory.size).toBe(0);
  });

  test('access that only lets routes be read is shown as such, and none shows nothing', async () => {
    const under = await simulatedGateways();
    under.of('gateway-1').access = 'read-only';
    open = Object.assign(await openSpring(under), { under });
    const split = await gatewaySplit(open, ({ readOnly }) => readOnly !== null);
    expect(split.readOnly).toBe(
      'gateway-1 lets its routes only be read (management.endpoint.gateway.access).',
    );
    under.of('gateway-1').access = 'none';
    const without = await gatewaySplit(open, ({ readOnly }) => readOnly === null);
    const plan = await weightsOf(open.actuators).plan(shift(without, [50, 50]), signal);
    expect(guardsOf(plan)).toMatchObject({ instances: 'tick' });
  });

  test('a weight that is stored as no number keeps a gateway from loading: that is said instead of written over', async () => {
    const { under } = await opened();
    const odd = fileRoute('payment-v2', 'http://127.0.0.1:9', '/pay/**', 'payment', 20);
    under.of('gateway-1').memory.set('payment-v2', {
      ...odd,
      predicates: [{ name: 'Weight', args: { _genkey_0: 'payment', _genkey_1: 'ten' } }],
    });
    const split = await gatewaySplit(open as OpenSpring, ({ readOnly }) => readOnly !== null);
    expect(split.readOnly).toMatch(
      /^The weight of route payment-v2 is stored as something that is no number/,
    );
  });

  test.each(['a/b', 'a b', 'a%b', 'ü;?', '../refresh'])(
    'the route %s is written under its own name',
    async (id) => {
      const { under, split, control } = await opened({ v1: id, v2: `${id}2` });
      expect(split.destinations.map(({ subset }) => subset)).toEqual([id, `${id}2`]);
      await control.apply(await control.plan(shift(split, [30, 70]), signal), signal);
      expect(await under.served('gateway-1')).toEqual([30, 70]);
      expect(await under.served('gateway-2')).toEqual([30, 70]);
    },
  );
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createActuator } from '../../shared/connectors/spring/api.ts';
import { readHttpCounts } from '../../shared/connectors/spring/signals/meters.ts';
import { simulateActuator } from '../../shared/rehearsal/spring/actuator.ts';
import { simulateEureka } from '../../shared/rehearsal/spring/eureka.ts';
import { createMeters, outcomeOf } from '../../shared/rehearsal/spring/meters.ts';
import { quickClock } from './simulatedSpring.ts';
import { type CountedShop, countsOfSpring, signalsOf } from './springSignals.ts';
import { eventually } from './springShop.ts';

const signal = AbortSignal.timeout(60_000);

interface Counted extends CountedShop {
  /** Moves the time on, so that figures are read anew. */
  later(ms: number): void;
  /** A process ends and begins anew. */
  restart(id: 'order-1' | 'payment-1'): void;
  /** Notes calls as a process counts them. */
  note(id: string, name: string, tags: Readonly<Record<string, string>>, calls: number): void;
}

/** One order that calls two payments in turn, counted as Micrometer does. */
async function startShop(): Promise<Counted> {
  await using stack = new AsyncDisposableStack();
  const eureka = stack.use(await simulateEureka());
  let ahead = 0;
  const now = (): number => quickClock.now() + ahead;
  const meters = new Map<string, ReturnType<typeof createMeters>>();
  for (const [app, id, version] of [
    ['order', 'order-1', 'v1'],
    ['payment', 'payment-1', 'v1'],
    ['payment', 'payment-2', 'v2'],
  ] as const) {
    meters.set(id, createMeters(now));
    const endpoint = (asked: Parameters<ReturnType<typeof createMeters>['endpoint']>[0]) =>
      meters.get(id)?.endpoint(asked);
    const actuator = stack.use(await simulateActuator([], [endpoint], { now }));
    eureka.register({ app, id, port: actuator.port, version });
    meters.get(id)?.time('http.server.requests', served('/actuator/health', 200), one(1), now());
  }
  const note: Counted['note'] = (id, name, tags, calls) =>
    meters.get(id)?.time(name, tags, one(calls), now());
  let isLost = false;
  let turn = 0;
  const whole = stack.move();
  return {
    settings: { address: `http://127.0.0.1:${eureka.port}`, within: '127.0.0.0/8', actuatorHeaders: [] },
    clock: { ...quickClock, now },
    note,
    later(ms) {
      ahead += ms;
    },
    restart(id) {
      meters.set(id, createMeters(now));
      meters.get(id)?.time('http.server.requests', served('/actuator/health', 200), one(1), now());
    },
    order(times) {
      ahead += 10_000;
      note('order-1', 'http.client.requests', { ...called('10.0.0.1'), uri: '/eureka/apps/delta' }, 1);
      note('order-1', 'http.server.requests', served('/order/{id}', 200), times);
      for (let index = 0; index < times && !isLost; index += 1)
        note(`payment-${1 + (turn++ % 2)}`, 'http.server.requests', served('/pay/{id}', 200), 1);
      note('order-1', 'http.client.requests', isLost ? unanswered : called('payment'), times);
      ahead += 10_000;
      return Promise.resolve();
    },
    losePayment() {
      isLost = true;
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}

const one = (calls: number) => ({ calls, totalSeconds: calls * 0.01, maxSeconds: 0.02 });
const tags = { exception: 'none', error: 'none', method: 'GET' };
const served = (uri: string, status: number) => ({
  ...tags,
  uri,
  status: String(status),
  outcome: outcomeOf(status),
});
const called = (name: string) => ({
  ...tags,
  'client.name': name,
  uri: '/pay/{id}',
  status: '200',
  outcome: 'SUCCESS',
});
const unanswered = { ...called('payment'), status: 'CLIENT_ERROR', outcome: 'UNKNOWN' };

countsOfSpring('simulated processes', startShop, 10_000);

describe('figures from counts', () => {
  const rowsOf = async (shop: Counted, open: Awaited<ReturnType<typeof signalsOf>>) => {
    shop.later(5_000);
    const { calls } = await open.signals.read(60, signal);
    return calls.map(({ source, host, responseCode, perSecond }) => ({
      from: source.service,
      host,
      responseCode,
      perSecond,
    }));
  };
  /** Asks until the registry and every instance were read. */
  const settled = (shop: Counted, open: Awaited<ReturnType<typeof signalsOf>>) =>
    eventually(
      async () => {
        shop.later(5_000);
        const { series } = await open.signals.counters({ hosts: ['payment'], since: 0 }, signal);
        return series.length;
      },
      (length) => length > 0,
    );

  test('there are none before two readings, and then they are differences', async () => {
    await using shop = await startShop();
    await shop.order(10);
    await using open = await signalsOf(shop);
    await settled(shop, open);
    const [first] = await rowsOf(shop, open);
    expect(first?.perSecond ?? 0).toBe(0);
    shop.later(15_000);
    shop.note('order-1', 'http.client.requests', called('payment'), 40);
    const rows = await rowsOf(shop, open);
    const call = rows.find(({ from, host }) => from === 'order' && host === 'payment');
    expect(call?.perSecond).toBeGreaterThan(0.5);
    expect(call?.perSecond).toBeLessThan(4);
  });

  test('a restart is counted from nothing, and never backwards', async () => {
    await using shop = await startShop();
    await shop.order(1_000);
    await using open = await signalsOf(shop);
    await settled(shop, open);
    await rowsOf(shop, open);
    shop.restart('order-1');
    shop.later(10_000);
    shop.note('order-1', 'http.client.requests', called('payment'), 6);
    const rows = await rowsOf(shop, open);
    const call = rows.find(({ from, host }) => from === 'order' && host === 'payment');
    expect(call?.perSecond).toBeGreaterThan(0);
    expect(call?.perSecond).toBeLessThan(1);
  });

  test('what is asked of actuators and of the registry is no call', async () => {
    await using shop = await startShop();
    await shop.order(3);
    await using open = await signalsOf(shop);
    await settled(shop, open);
    shop.note('payment-1', 'http.server.requests', served('/actuator/health', 200), 500);
    shop.note('order-1', 'http.client.requests', { ...called('10.0.0.1'), uri: '/eureka/apps/delta' }, 500);
    const rows = await rowsOf(shop, open);
    expect(rows.filter(({ perSecond }) => perSecond > 0)).toEqual([]);
  });

  test('an instance that served nothing is a zero, and one that shows no counts is unknown', async () => {
    await using shop = await startShop();
    await shop.order(1);
    await using open = await signalsOf(shop);
    await settled(shop, open);
    shop.later(10_000);
    const names = ['payment-1', 'payment-2', 'nobody'].map((name) => ({ namespace: 'default', name }));
    const rates = await open.signals.instanceRates?.(names, signal);
    expect(rates?.rates.map(({ name, requestsPerSecond }) => [name, requestsPerSecond])).toEqual([
      ['payment-1', 0],
      ['payment-2', 0],
    ]);
  });

  test('charts tell versions apart by the instances that served', async () => {
    await using shop = await startShop();
    await shop.order(2);
    await using open = await signalsOf(shop);
    await settled(shop, open);
    shop.later(10_000);
    shop.note('payment-2', 'http.server.requests', served('/pay/{id}', 500), 20);
    await rowsOf(shop, open);
    const to = shop.clock.now();
    const { lines } = await open.signals.series(
      {
        scope: { service: { namespace: 'default', name: 'payment' } },
        from: to,
        to,
        stepSeconds: 10,
        windowSeconds: 60,
        latency: false,
      },
      signal,
    );
    const failed = new Map(lines.map(({ version, failedPerSecond }) => [version, failedPerSecond[0]]));
    expect(failed.get('v1')).toBe(0);
    expect(failed.get('v2')).toBeGreaterThan(0);
  });
});

test('the recorded answers of a real process are read, with calls that got no answer', async () => {
  const recorded = (name: string): { path: string; body: unknown } => {
    const file = new URL(`../fixtures/spring/${name}.json`, import.meta.url);
    const { request, response } = JSON.parse(readFileSync(file, 'utf8')) as {
      request: { path: string };
      response: { body: unknown };
    };
    return { path: request.path.replace('/actuator', ''), body: response.body };
  };
  const answers = ['metric-client', 'metric-client-payment'].map(recorded);
  const asked: string[] = [];
  const actuator = createActuator({
    route: 'at the recordings',
    request({ path }) {
      const plain = decodeURIComponent(path);
      asked.push(plain);
      const found = answers.find((answer) => answer.path === plain);
      return Promise.resolve(
        found === undefined
          ? { status: 404, headers: {}, body: '' }
          : { status: 200, headers: {}, body: JSON.stringify(found.body) },
      );
    },
  });
  await readHttpCounts(actuator, 'http://10.79.2.1:8080/actuator', signal);
  expect(asked).toEqual([
    '/metrics/http.server.requests',
    '/metrics/http.client.requests',
    '/metrics/http.client.requests?tag=client.name:10.79.0.1',
    '/metrics/http.client.requests?tag=client.name:payment',
    '/metrics/http.client.requests?tag=client.name:payment&tag=status:CLIENT_ERROR',
    '/metrics/http.client.requests?tag=client.name:payment&tag=status:200',
  ]);
});

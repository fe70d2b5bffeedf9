import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readBreakers, readEvents } from '../../shared/connectors/spring/breakers.ts';
import { calleeOf } from '../../shared/connectors/spring/callees.ts';
import { readHealth } from '../../shared/connectors/spring/health.ts';
import { simulateActuator } from '../../shared/rehearsal/spring/actuator.ts';
import { type SimulatedSpring, simulatedSpring } from './simulatedSpring.ts';
import { eventually, type OpenSpring, openSpring, proofOf, tripPayment } from './springShop.ts';
import { heldIn, hold, isolationOf } from './tripSteps.ts';
import { changeOf, guardsOf, signal } from './weights.ts';

const recorded = (name: string): unknown => {
  const file = new URL(`../fixtures/spring/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { response: { body: unknown } }).response.body;
};

/** All instances of order were asked at least once. */
const settled = (shop: SimulatedSpring, open: OpenSpring) =>
  eventually(
    () => open.actuators.protections?.declared().get('payment')?.[0]?.evidence ?? '',
    (evidence) => evidence.endsWith(`of ${shop.orders().length} instances of order`),
  );

const payment = (shop: SimulatedSpring): (string | undefined)[] =>
  shop.orders().map((id) => shop.actuators.get(id)?.breakers.get('payment')?.state);

describe('answers of real actuators', () => {
  test('give breakers with ratios, and none where there are too few calls', () => {
    expect(readBreakers(recorded('breakers-called'))?.get('payment')).toEqual({
      name: 'payment',
      state: 'CLOSED',
      failureRatio: 0,
      slowRatio: 0,
      failureRatioThreshold: 0.5,
      slowRatioThreshold: 1,
      bufferedCalls: 12,
      notPermittedCalls: 0,
    });
    expect(readBreakers(recorded('breakers'))?.get('payment')?.failureRatio).toBeNull();
    expect(readBreakers(recorded('endpoint-unknown'))).toBeNull();
  });

  test('give transitions with their time, whose zone Java writes in brackets', () => {
    const [event] = readEvents(recorded('events-transition'));
    expect(event).toMatchObject({ breaker: 'payment', text: 'State transition from CLOSED to FORCED_OPEN' });
    expect(new Date(event?.at ?? 0).getUTCFullYear()).toBe(2026);
  });

  test('give health, the troubled components of it, and what the discovery client counts', () => {
    const health = readHealth(recorded('health'));
    expect(health?.status).toBe('UP');
    expect(health?.troubled).toEqual([]);
    expect(health?.clientView?.get('PAYMENT')).toBe(2);
    // A forced-open breaker leaves the whole UP: health is no way to see it.
    expect(readHealth(recorded('health-forced-open'))?.status).toBe('UP');
  });

  test('are simulated in the shape in which they were recorded', async () => {
    await using actuator = await simulateActuator(['payment']);
    const answer = await fetch(`http://127.0.0.1:${actuator.port}/actuator/circuitbreakers`);
    const fields = (body: unknown) =>
      Object.keys((body as { circuitBreakers: { payment: object } }).circuitBreakers.payment).sort();
    expect(fields(await answer.json())).toEqual(fields(recorded('breakers')));
    const set = await fetch(`http://127.0.0.1:${actuator.port}/actuator/circuitbreakers/paymnet`, {
      method: 'POST',
      body: JSON.stringify({ updateState: 'CLOSE' }),
    });
    // As the real one: a misspelt name is a success, and a new breaker.
    expect(await set.json()).toEqual(recorded('unknown-breaker'));
    expect([...actuator.breakers.keys()]).toEqual(['payment', 'paymnet']);
  });
});

test.each([
  ['payment', 'payment'],
  ['paymentService', 'payment'],
  ['PAYMENT_CB', 'payment'],
  ['stock-client', 'stock'],
  ['backendA', null],
])('the breaker %s guards calls to %s', (name, callee) => {
  expect(calleeOf(name, ['order', 'payment', 'stock'])).toBe(callee);
});

describe('M09 one trip over many instances', () => {
  test('M09 of which one answers 500 and one nothing is 3 of 5, is tried again, and ends in those that answer later', async () => {
    await using shop = await simulatedSpring();
    for (const id of ['order-3', 'order-4', 'order-5']) await shop.start('order', id);
    await using open = await openSpring(shop);
    await settled(shop, open);
    const control = isolationOf(open.actuators);
    const plan = await control.plan(tripPayment(), signal);
    const [fails, hangs] = [shop.actuators.get('order-4'), shop.actuators.get('order-5')];
    if (fails === undefined || hangs === undefined) throw new Error('the shop is not whole');
    fails.fault = 'fails';
    hangs.fault = 'hangs';
    const since = Date.now();
    const written = await hold(control, plan);
    expect(payment(shop)).toEqual(['FORCED_OPEN', 'FORCED_OPEN', 'FORCED_OPEN', 'CLOSED', 'CLOSED']);
    const partly = await eventually(
      () => proofOf(open.actuators, written.expectation, since),
      ({ detail }) => detail.startsWith('3 of 5 instances forced-open') && !detail.includes('not read since'),
    );
    expect(partly.state).toBe('waiting');
    expect(partly.detail).toMatch(/order-4 .*\(500\).*order-5 .*did not answer/s);
    fails.fault = null;
    hangs.fault = null;
    await eventually(
      () => payment(shop),
      (states) => states.every((state) => state === 'FORCED_OPEN'),
    );
    await eventually(
      () => proofOf(open.actuators, written.expectation, since),
      ({ state }) => state === 'seen',
    );
    // One that cannot be told of the end is told when it answers again.
    fails.fault = 'fails';
    await control.apply(await control.planUndo(tripPayment(), written.changes, signal), signal);
    expect(payment(shop)).toEqual(['CLOSED', 'CLOSED', 'CLOSED', 'FORCED_OPEN', 'CLOSED']);
    fails.fault = null;
    await eventually(
      () => payment(shop),
      (states) => states.every((state) => state === 'CLOSED'),
    );
  }, 40_000);

  test('M09 is refused as a whole where no instance takes it', async () => {
    await using shop = await simulatedSpring();
    await using open = await openSpring(shop);
    await settled(shop, open);
    const control = isolationOf(open.actuators);
    const plan = await control.plan(tripPayment(), signal);
    for (const id of shop.orders()) Object.assign(shop.actuators.get(id) ?? {}, { fault: 'readOnly' });
    await expect(hold(control, plan)).rejects.toThrow(/lets it only be read/);
    expect(await heldIn(open.actuators, () => true)).toEqual([]);
  });

  test('M09 two registrations of one address are a load balancer’s, and nothing is sent there', async () => {
    await using shop = await simulatedSpring();
    const port = shop.actuators.get('order-2')?.port ?? 0;
    shop.eureka.register({ app: 'order', id: 'order-alias', port, version: 'v1' });
    await using open = await openSpring(shop);
    await eventually(
      () => open.actuators.protections?.declared().get('payment')?.[0]?.evidence ?? '',
      (evidence) => evidence === 'actuators of 1 of 3 instances of order',
    );
    const control = isolationOf(open.actuators);
    const plan = await control.plan(tripPayment(), signal);
    expect(guardsOf(plan)).toMatchObject({ instances: 'tick' });
    await hold(control, plan);
    expect(payment(shop)).toEqual(['FORCED_OPEN', 'CLOSED']);
  });
});

test('M08 a breaker that vanished between the reading and the write is told as made anew', async () => {
  await using shop = await simulatedSpring();
  await using open = await openSpring(shop);
  await settled(shop, open);
  const control = isolationOf(open.actuators);
  const plan = await control.plan(tripPayment(), signal);
  for (const id of shop.orders()) Object.assign(shop.actuators.get(id) ?? {}, { fault: 'forgets' });
  // It was sent and is in force: nothing that reads back may be told as not written.
  await expect(hold(control, plan)).rejects.toMatchObject({
    kind: 'broken',
    message: expect.stringContaining('made the breaker “payment” anew') as unknown,
  });
});

test('a close counts instances that went among those that were planned for, and is not called done where all went', async () => {
  await using shop = await simulatedSpring();
  for (const id of shop.orders()) await shop.setByHand(id, 'FORCE_OPEN');
  await using open = await openSpring(shop);
  await settled(shop, open);
  const { breakers } = open.actuators;
  if (breakers === undefined) throw new Error('the actuators close no breaker');
  const { connectionId, call } = tripPayment();
  const plan = await breakers.plan({ kind: 'closeBreaker', connectionId, call, breaker: 'payment' }, signal);
  const leave = async (id: string): Promise<void> => {
    shop.eureka.remove('order', id);
    await shop.actuators.get(id)?.[Symbol.asyncDispose]();
  };
  await leave('order-2');
  expect((await breakers.apply(plan, signal)).takenBy).toBe('1 of 2 instances');
  const readBack = (): Promise<string> =>
    breakers.verify(changeOf(plan), signal).then(
      ({ state, detail }) => `${state}: ${detail}`,
      (error: unknown) => String(error),
    );
  const one = 'after: closed on 1 of 2 instances: order-1 CLOSED, order-2 is not there any more';
  await eventually(readBack, (told) => told === one, 10_000);
  await leave('order-1');
  await eventually(readBack, (told) => /^PeerError: .*order-1 is not there any more/.test(told), 10_000);
});

test('nothing is forced in a newcomer once the time of a trip is over', async () => {
  await using shop = await simulatedSpring();
  await using open = await openSpring(shop);
  await settled(shop, open);
  const control = isolationOf(open.actuators);
  const plan = await control.plan(tripPayment(), signal);
  const at = Date.now();
  const over = control.stamp?.(plan, {
    operationId: 'op-1',
    by: 'jo',
    reason: '',
    at: at - 60_000,
    until: at,
  });
  if (over === undefined) throw new Error('a trip is not stamped');
  await control.apply(over, signal);
  await shop.join();
  const asked = () => shop.actuators.get('order-3')?.asked.length ?? 0;
  await eventually(asked, (count) => count > 4);
  expect(payment(shop)).toEqual(['FORCED_OPEN', 'FORCED_OPEN', 'CLOSED']);
});

test('before the registry has answered nothing is said of what is held', async () => {
  await using shop = await simulatedSpring();
  await using open = await openSpring(shop);
  await settled(shop, open);
  const control = isolationOf(open.actuators);
  const written = await hold(control, await control.plan(tripPayment(), signal));
  await using second = await openSpring(shop);
  expect(await isolationOf(second.actuators).verify(changeOf(written), signal)).toMatchObject({
    state: 'after',
  });
});

test('a component that is down is told with its reason, and health’s 503 is an answer', async () => {
  await using shop = await simulatedSpring();
  Object.assign(shop.actuators.get('order-2') ?? {}, { status: 'DOWN' });
  await using open = await openSpring(shop);
  const events = await eventually(
    () => open.actuators.events?.read({ namespace: 'default', name: 'order' }, [], signal) ?? [],
    (all) => all.some(({ reason }) => reason === 'Health'),
  );
  expect(events).toContainEqual(
    expect.objectContaining({ kind: 'warning', about: 'order-2', text: 'db is DOWN: connection refused' }),
  );
});

test('M25 each step to a client’s view is told: the list that clients fetch, then the copies of one and of all', async () => {
  await using shop = await simulatedSpring();
  await using open = await openSpring(shop);
  await settled(shop, open);
  const { workloads } = open.registry;
  const [view] = (await workloads?.read({ namespace: 'default', name: 'payment', hosts: [] }, signal)) ?? [];
  if (workloads === undefined || view === undefined) throw new Error('payment is not there');
  const since = Date.now();
  shop.eureka.holdLists = true;
  const plan = await workloads.plan(
    {
      kind: 'changeWorkload',
      connectionId: 'conformance',
      serviceId: null,
      workload: view.ref,
      revision: '',
      action: { verb: 'drain', instance: 'payment-1' },
    },
    signal,
  );
  await workloads.apply(plan, signal);
  expect(await proofOf(open.registry, plan.expectation, since)).toMatchObject({
    state: 'waiting',
    detail: 'the list that clients fetch still says UP of payment-1',
  });
  shop.eureka.holdLists = false;
  // The registry alone never calls it done: who calls has a copy of its own.
  await eventually(
    () => proofOf(open.registry, plan.expectation, since),
    ({ state, detail }) => state === 'unobservable' && detail.includes('OUT_OF_SERVICE'),
  );
  Object.assign(shop.actuators.get('order-1') ?? {}, { clientView: { PAYMENT: 1 } });
  const one = await eventually(
    () => proofOf(open.actuators, plan.expectation, since),
    ({ detail }) => detail.startsWith('1 of 4 clients count 1 of payment'),
  );
  expect(one).toMatchObject({
    state: 'waiting',
    detail: expect.stringContaining('order-2 still counts 2') as unknown,
  });
  shop.clientsFollow();
  await eventually(
    () => proofOf(open.actuators, plan.expectation, since),
    ({ state }) => state === 'seen',
  );
});

test('M25 an override is ended with the status it leads to, for without one it would be UNKNOWN', async () => {
  await using shop = await simulatedSpring();
  await using open = await openSpring(shop);
  const base = `http://127.0.0.1:${shop.eureka.port}/eureka/apps/PAYMENT/payment-1/status`;
  await fetch(`${base}?value=OUT_OF_SERVICE`, { method: 'PUT' });
  const { workloads } = open.registry;
  const view = await eventually(
    async () => (await workloads?.read({ namespace: 'default', name: 'payment', hosts: [] }, signal))?.[0],
    (one) => one?.instances[0]?.drained !== null,
  );
  if (workloads === undefined || view === undefined) throw new Error('payment is not there');
  const operation = {
    kind: 'changeWorkload' as const,
    connectionId: 'conformance',
    serviceId: null,
    workload: view.ref,
    revision: '',
    action: { verb: 'putBack' as const, instance: 'payment-1' },
  };
  await workloads.apply(await workloads.plan(operation, signal), signal);
  expect(shop.eureka.statusOf('payment', 'payment-1')).toBe('UP');
  expect(shop.eureka.asked).toContain('DELETE /eureka/apps/PAYMENT/payment-1/status?value=UP');
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { envoy } from '../../shared/connectors/envoy/connector.ts';
import type { KnownProxy } from '../../shared/connectors/kit/connector.ts';
import { hostOf } from './cluster.ts';
import { envoyTripsConformance, inMemory, openEnvoys, runtimeOf } from './envoyTrips.ts';
import { simulatedEnvoys, simulateEnvoy } from './simulatedEnvoy.ts';
import { quickClock } from './simulatedSpring.ts';
import { eventually } from './springShop.ts';
import { hold, isolationOf, tripOf } from './tripSteps.ts';
import { changeOf, guardsOf, signal } from './weights.ts';

envoyTripsConformance('simulated Envoys', simulatedEnvoys);

test('M10 a proxy that restarts has lost its trip, and is set again while it is held', async () => {
  await using under = await simulatedEnvoys();
  await using session = await openEnvoys(Object.values(under.addresses), quickClock);
  const control = isolationOf(session);
  const written = await hold(control, await control.plan(tripOf(under.call, inMemory), signal));
  under.order.restart();
  expect((await under.answersTo('order')).refused).toBe(0);
  await eventually(
    () => under.answersTo('order'),
    ({ refused }) => refused === 2,
  );
  await control.apply(await control.planUndo(tripOf(under.call, inMemory), written.changes, signal), signal);
  expect(await runtimeOf(under.addresses.order)).toEqual({});
}, 30_000);

test('M10 proxies without a layer that is set while they run are offered no trip, in words', async () => {
  await using under = await simulatedEnvoys();
  under.order.hasAdminLayer = false;
  await using session = await openEnvoys(Object.values(under.addresses), quickClock);
  const control = isolationOf(session);
  const why = 'None of 1 proxy of order has a runtime layer that is set while it runs';
  expect(await control.options(under.call, signal)).toMatchObject([
    { unavailable: expect.stringContaining(why) as unknown },
  ]);
  await expect(control.plan(tripOf(under.call, inMemory), signal)).rejects.toThrow(why);
  // Of all callers the other can be held, and the first is told of.
  const all = await control.plan(tripOf({ ...under.call, caller: null }, inMemory), signal);
  expect(guardsOf(all)).toEqual({ proxies: 'pass', instances: 'tick', 'memory-only': 'tick' });
  expect(all.guards.find(({ id }) => id === 'proxies')?.title).toMatch(/^1 of 2 proxies/);
});

test('a proxy that answers OK and holds what it held is never called tripped', async () => {
  await using under = await simulatedEnvoys();
  under.order.isDeaf = true;
  await using session = await openEnvoys(Object.values(under.addresses), quickClock);
  const control = isolationOf(session);
  const plan = await control.plan(tripOf(under.call, inMemory), signal);
  // Whatever of it is in force is found by reading.
  await expect(hold(control, plan)).rejects.toMatchObject({
    kind: 'broken',
    message: expect.stringMatching(/answered “OK” and holds/) as unknown,
  });
  expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'before' });
});

/** A proxy beside an application, where nothing listens. */
const silentProxy = (instance: string, likelyService: string): KnownProxy => ({
  namespace: 'shop',
  instance,
  service: '',
  likelyService,
  address: 'http://127.0.0.1:1',
  calls: [],
});

test('M10 a proxy that does not answer counts where it may be the caller’s, and no trip is called ended while it may hold it', async () => {
  await using under = await simulatedEnvoys();
  const { order, edge } = under.addresses;
  let lent: readonly KnownProxy[] = [silentProxy('unlabelled', ''), silentProxy('stock-1', 'stock')];
  const settings = envoy.settings.parse({ addresses: [order, edge], mayLeadTo: '127.0.0.0/8' });
  await using session = await envoy.open(settings, hostOf({ proxies: () => lent }, quickClock));
  const control = isolationOf(session);
  const plan = await control.plan(tripOf(under.call, inMemory), signal);
  expect(plan.guards.find(({ id }) => id === 'proxies')?.title).toMatch(/^1 of 2 proxies of order/);
  expect(plan.guards.find(({ id }) => id === 'instances')).toMatchObject({
    verdict: 'tick',
    detail: expect.stringMatching(/^unlabelled: it may be of another service; /) as unknown,
  });
  const written = await hold(control, plan);
  expect(await control.verify(changeOf(written), signal)).toMatchObject({
    state: 'after',
    detail: expect.stringMatching(/^1 of 2 proxies refuse every call; unlabelled /) as unknown,
  });
  const operation = tripOf(under.call, inMemory);
  const undo = await control.planUndo(operation, written.changes, signal);
  await control.apply(undo, signal);
  await expect(control.verify(changeOf(undo), signal)).rejects.toMatchObject({ kind: 'unreachable' });
  await expect(control.planUndo(operation, written.changes, signal)).rejects.toMatchObject({
    kind: 'unreachable',
  });
  const nowhere = { ...under.call, host: 'nowhere.shop.svc.cluster.local' };
  await expect(control.plan(tripOf(nowhere, inMemory), signal)).rejects.toThrow(/has a cluster of nowhere/);
  // By its labels it is another's, or it went.
  for (const others of [[silentProxy('unlabelled', 'stock')], []]) {
    lent = others;
    await using fresh = await envoy.open(settings, hostOf({ proxies: () => lent }, quickClock));
    expect(await isolationOf(fresh).verify(changeOf(undo), signal)).toMatchObject({ state: 'after' });
  }
});

test('a Podium that was started anew goes on holding what its journal has', async () => {
  await using under = await simulatedEnvoys();
  const operation = tripOf(under.call, inMemory);
  const written = await (async () => {
    await using session = await openEnvoys(Object.values(under.addresses), quickClock);
    const control = isolationOf(session);
    return await hold(control, await control.plan(operation, signal));
  })();
  await using session = await openEnvoys(Object.values(under.addresses), quickClock);
  const control = isolationOf(session);
  expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'after' });
  under.order.restart();
  await eventually(
    () => under.answersTo('order'),
    ({ refused }) => refused === 2,
  );
  await control.apply(await control.planUndo(operation, written.changes, signal), signal);
  expect((await under.answersTo('order')).refused).toBe(0);
}, 30_000);

test('the simulated Envoy answers as the real one was recorded', async () => {
  await using envoy = await simulateEnvoy('order');
  const names = ['empty', 'set', 'held', 'reset', 'after', 'nothing', 'set-by-get'];
  for (const name of names) {
    const { request, response } = recorded(`runtime-${name}`);
    const answer = await fetch(`${envoy.address}${request.path}`, {
      method: request.method,
      ...(request.body === undefined ? {} : { body: request.body, headers: request.headers ?? {} }),
    });
    expect(answer.status, name).toBe(response.status);
    const text = await answer.text();
    expect(typeof response.body === 'string' ? text : JSON.parse(text), name).toEqual(response.body);
  }
  envoy.hasAdminLayer = false;
  const { request, response } = recorded('consul-runtime-refused');
  const answer = await fetch(`${envoy.address}${request.path}`, { method: 'POST' });
  expect([answer.status, await answer.text()]).toEqual([response.status, response.body]);
});

interface Recorded {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  };
  readonly response: { readonly status: number; readonly body: unknown };
}
const recorded = (name: string): Recorded =>
  JSON.parse(readFileSync(new URL(`../fixtures/envoy/${name}.json`, import.meta.url), 'utf8')) as Recorded;

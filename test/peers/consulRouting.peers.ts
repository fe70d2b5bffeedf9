import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GreyMatch, SetRouting } from '../../shared/model/operation.ts';
import type { GreyRoute } from '../../shared/model/routing.ts';
import type { Split } from '../../shared/model/weights.ts';
import { hostOf, until } from '../conformance/cluster.ts';
import {
  addRoute,
  carryOut,
  routingOf as routing,
  splitOfPayment,
  undo,
} from '../conformance/consulEdits.ts';
import { changeOf, guardsOf, signal } from '../conformance/weights.ts';
import { type OpenedShop, openShop } from './consulShopOpened.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';

let shop: OpenedShop;
let split: Split;

beforeAll(async () => {
  shop = await openShop();
  split = await splitOfPayment(shop.session);
}, 120_000);
afterAll(() => shop[Symbol.asyncDispose](), 60_000);

const routingOf = () => routing(shop.session);
const routesNow = (isIt: (all: readonly GreyRoute[]) => boolean): Promise<readonly GreyRoute[]> =>
  until((stop) => routingOf().watch(stop, () => undefined), isIt);

const setRouting = (change: SetRouting['change']): SetRouting => ({
  kind: 'setRouting',
  connectionId: hostOf().connectionId,
  splitId: split.id,
  revision: split.revision,
  change,
});
const add = (name: string, match: Partial<GreyMatch>, destination = 1): SetRouting =>
  addRoute(split, name, match, destination);
const canary = { name: 'x-canary', value: 'yes', how: 'exact' } as const;

/** Who answers so many calls of one kind. */
const answers = async (options: Parameters<OpenedShop['ask']>[0]): Promise<ReadonlySet<string>> =>
  new Set(await Promise.all(Array.from({ length: 25 }, () => shop.ask(options))));

describe('grey routes in a real Consul mesh', () => {
  test('requests with a header go to the version that is meant, all others follow the weights; undone, all is as before', async () => {
    const splitter = await shop.entry('service-splitter/payment');
    const operation = add('canary', { headers: [canary] });
    const at = Date.now();
    const write = await carryOut(routingOf(), operation);
    expect(new Set(Object.values(guardsOf(write)))).toEqual(new Set(['pass']));
    await shop.proven(write.expectation);
    const loadedMs = Date.now() - at;
    expect(await answers({ headers: { 'x-canary': 'yes' } })).toEqual(new Set(['payment v2']));
    expect(await answers({ headers: { 'x-canary': 'no' } })).toEqual(new Set(['payment v1', 'payment v2']));
    expect(await routingOf().verify(changeOf(write), signal)).toMatchObject({ state: 'after' });
    expect(await routesNow((all) => all.length > 0)).toMatchObject([
      {
        name: 'podium-grey-canary',
        splitId: split.id,
        ours: true,
        destination: 1,
        to: 'payment v2',
        matchText: 'header x-canary is yes',
        match: { headers: [canary], cookie: null, caller: null },
      },
    ]);
    const back = await undo(routingOf(), operation, write);
    await shop.proven(back.expectation);
    expect(await shop.entry('service-router/payment')).toBeNull();
    expect(await shop.entry('service-splitter/payment')).toEqual(splitter);
    noteFigure(
      readCoordinates(),
      'consul',
      `Consul mesh: a grey route was in every caller's proxy after ${loadedMs} ms`,
    );
  });

  test('a cookie, the beginning of a header and a path single requests out too, each ended alone', async () => {
    const cookie = await carryOut(routingOf(), add('cookie', { cookie: { name: 'group', value: 'a.b' } }));
    await routesNow((all) => all.length === 1);
    const prefix = { name: 'x-user', value: 'test-', how: 'prefix' } as const;
    const header = await carryOut(routingOf(), add('testers', { headers: [prefix] }));
    await routesNow((all) => all.length === 2);
    const path = await carryOut(routingOf(), add('refunds', { path: { value: '/refunds', how: 'prefix' } }));
    for (const { expectation } of [cookie, header, path]) await shop.proven(expectation);
    const v2 = new Set(['payment v2']);
    expect(await answers({ headers: { cookie: 'x=1; group=a.b; y=2' } })).toEqual(v2);
    expect(await answers({ headers: { cookie: 'group=axb' } })).not.toEqual(v2);
    expect(await answers({ headers: { 'x-user': 'test-7' } })).toEqual(v2);
    expect(await answers({ path: '/refunds/7' })).toEqual(v2);
    expect(await answers({ path: '/refund' })).not.toEqual(v2);
    const all = await routesNow((routes) => routes.length === 3);
    expect(all.map(({ match }) => match)).toMatchObject([
      { cookie: { name: 'group', value: 'a.b' } },
      { headers: [prefix] },
      { path: { value: '/refunds', how: 'prefix' } },
    ]);
    const same = add('again', { path: { value: '/refunds/7', how: 'exact' } }, 0);
    const shadowed = await routingOf().plan(same, signal);
    expect(guardsOf(shadowed)).toMatchObject({ shadowed: 'block' });
    await expect(routingOf().plan(add('cookie', { headers: [canary] }), signal)).rejects.toThrow(
      /is there already/,
    );
    // The middle one alone.
    const end = await carryOut(
      routingOf(),
      setRouting({ kind: 'removeRoute', routeName: 'podium-grey-testers' }),
    );
    await shop.proven(end.expectation);
    expect(await answers({ headers: { 'x-user': 'test-7' } })).not.toEqual(v2);
    expect(await answers({ path: '/refunds/7' })).toEqual(v2);
    // What was ended comes back where it was.
    const again = await undo(
      routingOf(),
      setRouting({ kind: 'removeRoute', routeName: 'podium-grey-testers' }),
      end,
    );
    await shop.proven(again.expectation);
    expect((await routesNow((routes) => routes.length === 3)).map(({ name }) => name)).toEqual([
      'podium-grey-cookie',
      'podium-grey-testers',
      'podium-grey-refunds',
    ]);
    for (const [position, routeName] of [
      'podium-grey-cookie',
      'podium-grey-testers',
      'podium-grey-refunds',
    ].entries()) {
      await carryOut(routingOf(), setRouting({ kind: 'removeRoute', routeName }));
      await routesNow((routes) => routes.length === 2 - position);
    }
    expect(await shop.entry('service-router/payment')).toBeNull();
  });

  test('a route of another stays, also a stale plan is refused, and what Consul cannot say is told', async () => {
    const theirs = { Match: { HTTP: { Methods: ['DELETE'] } }, Destination: { ServiceSubset: 'v1' } };
    await shop.peer.call('PUT', '/v1/config', { Kind: 'service-router', Name: 'payment', Routes: [theirs] });
    const [other] = await routesNow((all) => all.length === 1);
    expect(other).toMatchObject({ name: 'route 1', ours: false, match: null, matchText: 'method is DELETE' });
    const operation = add('canary', { headers: [canary] });
    const stale = await routingOf().plan(add('stale', { headers: [canary] }), signal);
    expect(guardsOf(stale)).toMatchObject({ shadowed: 'tick' });
    const write = await carryOut(routingOf(), operation);
    await expect(routingOf().apply(stale, signal)).rejects.toMatchObject({ kind: 'conflict' });
    await undo(routingOf(), operation, write);
    expect(await shop.entry('service-router/payment')).toMatchObject({ Routes: [theirs] });
    await expect(
      routingOf().plan(setRouting({ kind: 'removeRoute', routeName: 'route 1' }), signal),
    ).rejects.toThrow(/no names in Consul/);
    const caller = { namespace: 'default', name: 'order' };
    await expect(routingOf().plan(add('who', { caller }), signal)).rejects.toThrow(/every caller/);
    await expect(
      routingOf().plan(setRouting({ kind: 'mirror', destination: 1, percent: 10 }), signal),
    ).rejects.toThrow(/copy no requests/);
    await shop.peer.call('DELETE', '/v1/config/service-router/payment');
  });

  test('a trip that diverts goes before a grey route, and its end leaves the route', async () => {
    const grey = add('canary', { headers: [canary] });
    const write = await carryOut(routingOf(), grey);
    await shop.proven(write.expectation);
    const { isolation } = shop.session;
    if (isolation === undefined) throw new Error('the session has no isolation');
    const to = { kind: 'service' as const, host: 'cashdesk.service.dc1.consul', subset: null };
    const trip = await carryOut(isolation, {
      kind: 'trip',
      connectionId: hostOf().connectionId,
      call: { calleeId: 'payment', host: 'payment.service.dc1.consul', caller: null },
      mechanism: { kind: 'divert', to },
      forSeconds: 300,
    });
    await shop.proven(trip.expectation);
    expect(await answers({ headers: { 'x-canary': 'yes' } })).toEqual(new Set(['cashdesk v1']));
    const during = await routingOf().plan(add('later', { path: { value: '/x', how: 'prefix' } }), signal);
    expect(guardsOf(during)).toMatchObject({ held: 'tick', shadowed: 'tick' });
    const [held] = await until(
      (stop) => isolation.watch(stop, () => undefined),
      (all) => all.length > 0,
    );
    const end = await isolation.plan(
      { kind: 'endTrip', connectionId: hostOf().connectionId, tripId: held?.id ?? '', serviceId: null },
      signal,
    );
    await isolation.apply(end, signal);
    await shop.proven(end.expectation);
    expect(await answers({ headers: { 'x-canary': 'yes' } })).toEqual(new Set(['payment v2']));
    const back = await undo(routingOf(), grey, write);
    await shop.proven(back.expectation);
    expect(await shop.entry('service-router/payment')).toBeNull();
  });
});

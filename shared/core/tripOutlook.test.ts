import { expect, test } from 'vitest';
import type { FoldedSignals } from '../analysis/foldSignals.ts';
import type { GraphService } from '../model/graph.ts';
import type { Health } from '../model/signals.ts';
import type { HeldTrip, TripMechanism } from '../model/trip.ts';
import { tripOutlook, type TripSetting } from './tripOutlook.ts';

const host = 'payment.shop.svc.cluster.local';
const standIn = 'payment-lite.shop.svc.cluster.local';
const refuse: TripMechanism = { kind: 'refuse', status: 503 };
const divert: TripMechanism = { kind: 'divert', to: { kind: 'service', host: standIn, subset: null } };
const checkout = { id: 'one/shop/checkout', namespace: 'shop', name: 'checkout' };

function service(name: string, readyInstances: number | null): GraphService {
  return {
    id: `one/shop/${name}`,
    connectionId: 'one',
    kind: 'service',
    name,
    namespace: 'shop',
    owner: null,
    hosts: [`${name}.shop.svc.cluster.local`],
    versions: [],
    readyInstances,
    desiredInstances: readyInstances,
    recentRestarts: null,
    createdAt: null,
  };
}

function figures(health: Readonly<Record<string, Health>>): FoldedSignals {
  const none = {
    requestsPerSecond: null,
    failedPerSecond: null,
    errorRatio: null,
    p50Ms: null,
    p90Ms: null,
    p99Ms: null,
    reasons: [],
    versions: {},
  };
  return {
    calls: [],
    callSignals: new Map(),
    extraServices: [],
    problems: [],
    serviceSignals: new Map(
      Object.entries(health).map(([name, one]) => [`one/shop/${name}`, { ...none, health: one }]),
    ),
  };
}

function held(caller: string | null, at = host): HeldTrip {
  return {
    id: `${at}/${caller ?? 'all'}`,
    connectionId: 'one',
    document: {
      connectionId: 'one',
      apiVersion: 'v1',
      kind: 'Paper',
      namespace: 'shop',
      name: 'p',
      uid: 'u',
    },
    revision: '1',
    host: at,
    calleeId: null,
    caller: caller === null ? null : { namespace: 'shop', name: caller },
    mechanism: refuse,
    until: 0,
    since: null,
    by: 'ben',
    reason: '',
    operationId: 'marker',
  };
}

interface Given {
  readonly mechanism?: TripMechanism;
  readonly caller?: TripSetting['trip']['call']['caller'];
  readonly health?: Readonly<Record<string, Health>>;
  readonly held?: readonly HeldTrip[];
  readonly environment?: TripSetting['where']['environment'];
  readonly ready?: number | null;
  readonly cartRate?: number | null;
}

function outlook({
  mechanism = refuse,
  caller = null,
  health = {},
  ready = 2,
  cartRate = 12,
  ...more
}: Given) {
  return tripOutlook({
    trip: {
      kind: 'trip',
      connectionId: 'one',
      call: { calleeId: 'one/shop/payment', host, caller },
      mechanism,
      forSeconds: 300,
    },
    service: service('payment', 2),
    callers: [
      { callerId: checkout.id, callerName: 'checkout', requestsPerSecond: 30 },
      { callerId: 'one/shop/cart', callerName: 'cart', requestsPerSecond: cartRate },
    ],
    held: more.held ?? [],
    folded: Object.keys(health).length === 0 ? null : figures(health),
    serviceOfHost: (name) => (name === standIn ? service('payment-lite', ready) : null),
    where: { title: 'prod', environment: more.environment ?? 'production' },
  });
}

const guard = (id: string, given: Given) => outlook(given).guards.find((one) => one.id === id);

test('to trip all calls to a service that is well asks for its name in production and for a tick elsewhere', () => {
  const health = { payment: 'healthy' } as const;
  expect(outlook({ health })).toMatchObject({ direction: 'towardsHarm' });
  expect(guard('direction', { health })).toMatchObject({ verdict: 'typeName' });
  expect(guard('direction', { health, environment: 'staging' })).toMatchObject({ verdict: 'tick' });
});

test('to trip a service that is failing leads away from harm', () => {
  const found = outlook({ health: { payment: 'failing' } });
  expect(found.direction).toBe('awayFromHarm');
  expect(found.guards).toMatchObject([{ id: 'direction', verdict: 'pass' }]);
});

test('a service of which nobody knows how it does is not taken for well, and is asked about', () => {
  expect(outlook({}).direction).toBe('neutral');
  expect(guard('direction', {})).toMatchObject({ verdict: 'typeName' });
});

test('to trip one of several callers leaves the others a way', () => {
  const given: Given = { health: { payment: 'healthy' }, caller: checkout };
  expect(outlook(given).direction).toBe('neutral');
  expect(guard('direction', given)).toMatchObject({
    verdict: 'pass',
    title: 'Other callers still reach payment',
  });
});

test('to trip the last caller that is left takes the last way', () => {
  const given: Given = { health: { payment: 'healthy' }, caller: checkout, held: [held('cart')] };
  expect(outlook(given).direction).toBe('towardsHarm');
});

test('a detour to a service that is failing leads towards harm', () => {
  const given: Given = { mechanism: divert, health: { payment: 'healthy', 'payment-lite': 'failing' } };
  expect(outlook(given).direction).toBe('towardsHarm');
  expect(guard('detour', given)).toMatchObject({ verdict: 'typeName' });
});

test('a detour to a service without a ready instance, or one that is tripped itself, is blocked', () => {
  expect(guard('detour', { mechanism: divert, ready: 0 })).toMatchObject({ verdict: 'block' });
  expect(guard('detour', { mechanism: divert, held: [held(null, standIn)] })).toMatchObject({
    verdict: 'block',
  });
  expect(guard('detour', { mechanism: divert })).toMatchObject({ verdict: 'pass' });
});

test('who is affected is said first, with rates', () => {
  expect(outlook({}).sentences).toEqual([
    '2 callers are affected, 42 requests a second: checkout 30 and cart 12.',
  ]);
  expect(outlook({ caller: checkout }).sentences).toEqual(['checkout is affected, 30 requests a second.']);
});

test('a caller whose rate is not measured makes the whole "at least", and is told so', () => {
  expect(outlook({ cartRate: null }).sentences).toEqual([
    '2 callers are affected, at least 30 requests a second: checkout 30 and cart not measured.',
  ]);
});

test('an environment that is neither production nor staging is no word in brackets', () => {
  const detail = (environment: 'production' | 'other') =>
    guard('direction', { health: { payment: 'healthy' }, environment })?.detail;
  expect(detail('other')).toMatch(/This writes to prod\.$/);
  expect(detail('production')).toMatch(/This writes to prod \(production\)\.$/);
});

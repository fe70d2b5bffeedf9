import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consul } from '../../shared/connectors/consul/connector.ts';
import { envoy } from '../../shared/connectors/envoy/connector.ts';
import type { IsolationControl, PlannedWrite } from '../../shared/connectors/kit/control.ts';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { Expectation } from '../../shared/model/change.ts';
import type { Trip } from '../../shared/model/operation.ts';
import type { HeldTrip, TripMechanism } from '../../shared/model/trip.ts';
import { hostOf, until } from '../conformance/cluster.ts';
import { changeOf, guardsOf, signal } from '../conformance/weights.ts';
import { consulShop } from './consulRun.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import type { ConsulPeer } from './start/consul.ts';
import { consulTokens, shopPorts } from './start/consulShop.ts';
import { waitFor } from './start/processes.ts';

const host = 'payment.service.dc1.consul';
const cashdesk = 'cashdesk.service.dc1.consul';
const order = 'http://10.201.2.1:5002/';
const edge = 'http://10.201.1.1:5002/';
const soon = { limitMs: 5_000 };

let peer: ConsulPeer;
let session: Session;
let proxies: Session;

const openAs = (user: 'operator' | 'viewer'): Promise<Session> =>
  consul.open(
    { address: peer.url, token: consulTokens[user], mayLeadTo: `10.201.0.0/16:${shopPorts.admin}` },
    hostOf(),
  );

beforeAll(async () => {
  peer = await consulShop();
  session = await openAs('operator');
  const found = await session.offers?.find(signal);
  const offer = found?.offers.find(({ connector }) => connector === 'envoy');
  proxies = await envoy.open(envoy.settings.parse(offer?.settings), hostOf(offer?.lent));
}, 120_000);

afterAll(async () => {
  await proxies[Symbol.asyncDispose]();
  await session[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
}, 60_000);

function isolationOf({ isolation }: Session): IsolationControl {
  if (isolation === undefined) throw new Error('the session has no isolation');
  return isolation;
}

const tripOf = (mechanism: TripMechanism, caller: string | null): Trip => ({
  kind: 'trip',
  connectionId: hostOf().connectionId,
  call: {
    calleeId: 'payment',
    host,
    caller: caller === null ? null : { id: caller, namespace: 'default', name: caller },
  },
  mechanism,
  forSeconds: 300,
});
const stampOf = (operationId: string) => ({
  operationId,
  by: 'jo',
  reason: 'provider is down – für Süden, …',
  at: Date.now(),
  until: Date.now() + 300_000,
});

/** Plans and applies as the console does. */
async function hold(trip: Trip, id: string): Promise<PlannedWrite> {
  const control = isolationOf(session);
  const plan = await control.plan(trip, signal);
  const write = control.stamp?.(plan, stampOf(id)) ?? plan;
  await control.apply(write, signal);
  return write;
}
const heldNow = (expected: (trips: readonly HeldTrip[]) => boolean): Promise<readonly HeldTrip[]> =>
  until((stop) => isolationOf(session).watch(stop, () => undefined), expected);

const proven = (expectation: Expectation) =>
  waitFor('every caller’s proxy to follow', soon, async () => {
    const proof = await proxies.proof?.loaded(expectation, 0, signal);
    return proof?.state === 'seen';
  });

/** What callers get now: status, and who answered. */
async function ask(url: string): Promise<string> {
  const answer = await fetch(url);
  const text = await answer.text();
  return answer.ok ? (JSON.parse(text) as { name: string }).name : `${answer.status} ${text}`;
}
async function counted(version: 'v1' | 'v2'): Promise<number> {
  const answer = await fetch(`${peer.worldUrl}/_count`);
  return ((await answer.json()) as { counts: Record<string, { requests: number }> }).counts[
    `payment-${version}`
  ]?.requests as number;
}
const entry = async (path: string): Promise<unknown> => {
  const { status, text } = await peer.call('GET', `/v1/config/${path}?consistent`);
  if (status === 404) return null;
  const { ModifyIndex: _, Hash: _hash, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return rest;
};

describe('trips in a real Consul mesh', () => {
  test('M02 a trip makes the caller’s calls fail by overflow within 5 s, and its end lets them through', async () => {
    const before = await entry('service-defaults/order');
    const refuse = tripOf({ kind: 'refuse', status: 503 }, 'order');
    const plan = await isolationOf(session).plan(refuse, signal);
    expect(new Set(Object.values(guardsOf(plan)))).toEqual(new Set(['pass']));
    const stale = await isolationOf(session).plan(refuse, signal);
    const at = Date.now();
    const write = await hold(refuse, 'op-1');
    await waitFor('overflow', soon, async () => (await ask(order)).includes('reset reason: overflow'));
    const tripMs = Date.now() - at;
    await proven(write.expectation);
    expect(await isolationOf(session).verify(changeOf(write), signal)).toMatchObject({ state: 'after' });
    // A compare-and-set that lost is 200 and “false”.
    await expect(isolationOf(session).apply(stale, signal)).rejects.toMatchObject({ kind: 'conflict' });
    // Others still reach it, and nothing of order's does.
    expect(await ask(edge)).toBe('payment');
    for (let call = 0; call < 50; call += 1) expect(await ask(order)).toContain('overflow');

    await using second = await openAs('operator');
    const trips = await until(
      (stop) => isolationOf(second).watch(stop, () => undefined),
      (all) => all.length > 0,
    );
    expect(trips).toMatchObject([
      { id: `op-1@${host}`, by: 'jo', reason: 'provider is down – für Süden, …', caller: { name: 'order' } },
    ]);
    const end = await isolationOf(second).plan(
      { kind: 'endTrip', connectionId: hostOf().connectionId, tripId: `op-1@${host}`, serviceId: null },
      signal,
    );
    const endedAt = Date.now();
    await isolationOf(second).apply(end, signal);
    await waitFor('payments of order', soon, async () => (await ask(order)) === 'payment');
    const endMs = Date.now() - endedAt;
    await proven(end.expectation);
    expect(await entry('service-defaults/order')).toEqual(before);
    await heldNow((all) => all.length === 0);
    noteFigure(
      readCoordinates(),
      'consul',
      `Consul mesh: a trip made the caller's calls fail by overflow after ${tripMs} ms, and its end let them through after ${endMs} ms`,
    );
  });

  test('a trip reaches the proxies where an override with no limit stood before, which has the same hash as 0', async () => {
    const own = {
      Kind: 'service-defaults',
      Name: 'order',
      Protocol: 'http',
      UpstreamConfig: { Overrides: [{ Name: 'payment', ConnectTimeoutMs: 4_000, Limits: {} }] },
    };
    await peer.call('PUT', '/v1/config', own);
    const before = await entry('service-defaults/order');
    const refuse = tripOf({ kind: 'refuse', status: 503 }, 'order');
    const write = await hold(refuse, 'op-2');
    await proven(write.expectation);
    await waitFor('overflow', soon, async () => (await ask(order)).includes('overflow'));
    const undo = await isolationOf(session).planUndo(refuse, write.changes, signal);
    await isolationOf(session).apply(undo, signal);
    await proven(undo.expectation);
    await waitFor('payments of order', soon, async () => (await ask(order)) === 'payment');
    expect(await entry('service-defaults/order')).toEqual(before);
    await peer.call('PUT', '/v1/config', { Kind: 'service-defaults', Name: 'order', Protocol: 'http' });
  });

  test('every caller that has a sidecar is refused, and nothing reaches the service', async () => {
    const refuse = tripOf({ kind: 'refuse', status: 503 }, null);
    const write = await hold(refuse, 'op-3');
    expect(write.changes.map(({ document }) => document.name)).toEqual(['edge', 'order']);
    await proven(write.expectation);
    const before = (await counted('v1')) + (await counted('v2'));
    for (let call = 0; call < 20; call += 1)
      expect([await ask(order), await ask(edge)].every((said) => said.includes('overflow'))).toBe(true);
    expect((await counted('v1')) + (await counted('v2'))).toBe(before);
    expect(await heldNow((all) => all.length > 0)).toHaveLength(1);
    const undo = await isolationOf(session).planUndo(refuse, write.changes, signal);
    await isolationOf(session).apply(undo, signal);
    await proven(undo.expectation);
  });

  test('calls are diverted to another service, and the weights stay as they are', async () => {
    const splitter = await entry('service-splitter/payment');
    const to = { kind: 'service' as const, host: cashdesk, subset: null };
    const divert = tripOf({ kind: 'divert', to }, null);
    const write = await hold(divert, 'op-4');
    expect(guardsOf(write)).toMatchObject({ fallback: 'pass', access: 'pass', protocol: 'pass' });
    await waitFor('answers of cashdesk', soon, async () => (await ask(order)) === 'cashdesk');
    await proven(write.expectation);
    expect(await isolationOf(session).verify(changeOf(write), signal)).toMatchObject({ state: 'after' });
    const undo = await isolationOf(session).planUndo(divert, write.changes, signal);
    await isolationOf(session).apply(undo, signal);
    await waitFor('payments of order', soon, async () => (await ask(order)) === 'payment');
    await proven(undo.expectation);
    expect(await entry('service-router/payment')).toBeNull();
    expect(await entry('service-splitter/payment')).toEqual(splitter);
  });

  test('an intention denies one caller on new connections, and is put back as it was', async () => {
    const before = await entry('service-intentions/payment');
    const deny = tripOf({ kind: 'deny' }, 'order');
    const write = await hold(deny, 'op-5');
    expect(write.notes.join()).toContain('open already may be served');
    await peer.restartSidecar('order-v1-1');
    await waitFor('denials', { limitMs: 15_000 }, async () => (await ask(order)).startsWith('403'));
    expect(await ask(edge)).toBe('payment');
    const undo = await isolationOf(session).planUndo(deny, write.changes, signal);
    await isolationOf(session).apply(undo, signal);
    expect(await entry('service-intentions/payment')).toEqual(before);
    await peer.restartSidecar('order-v1-1');
    await waitFor('payments of order', { limitMs: 15_000 }, async () => (await ask(order)) === 'payment');
  });

  test('a fallback is declared with the service, and a token that may not write is told before', async () => {
    const control = isolationOf(session);
    const { call } = tripOf({ kind: 'deny' }, null);
    const fallback = { kind: 'service' as const, host: cashdesk, subset: null };
    const declare = await control.plan(
      { kind: 'setFallback', connectionId: hostOf().connectionId, call, fallback },
      signal,
    );
    const receipt = await control.apply(declare, signal);
    expect(receipt.revisions).toHaveLength(1);
    expect(await control.verify(changeOf(declare), signal)).toMatchObject({ state: 'after' });
    await waitFor('the declaration', soon, () =>
      Promise.resolve(control.fallbacks().get(host)?.kind === 'service'),
    );
    await using viewer = await openAs('viewer');
    const refused = await isolationOf(viewer).plan(tripOf({ kind: 'refuse', status: 503 }, 'order'), signal);
    expect(guardsOf(refused)).toMatchObject({ access: 'block' });
    await expect(isolationOf(viewer).apply(refused, signal)).rejects.toMatchObject({ kind: 'forbidden' });
    const nothing = { ...call, caller: { id: 'x', namespace: 'default', name: 'cashdesk' } };
    const options = await control.options(nothing, signal);
    expect(options.map(({ mechanism, unavailable }) => [mechanism, unavailable === null])).toEqual([
      ['refuse', false],
      ['divert', false],
      ['deny', true],
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { IsolationControl, PlannedWrite } from '../../shared/connectors/kit/control.ts';
import type { Expectation } from '../../shared/model/change.ts';
import type { Trip } from '../../shared/model/operation.ts';
import type { HeldTrip, TripMechanism } from '../../shared/model/trip.ts';
import { hostOf, until } from './cluster.ts';
import { changeOf, guardsOf, signal } from './weights.ts';

/**
 * A Consul mesh that a suite may change, simulated or real: edge and order call payment (v1 twice, v2 once), cashdesk could
 * stand in for it, and a splitter, a resolver and intentions govern payment.
 */
export interface ConsulMeshUnderTest extends AsyncDisposable {
  openAs(user: 'operator' | 'viewer'): Promise<Session>;
  /** As somebody with all rights. */
  call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly text: string }>;
  /** What a program that calls payment gets now: the name of who answered, or the status with the proxy's words. */
  ask(caller: 'edge' | 'order'): Promise<string>;
  /** Requests that payment itself has had. */
  reached(): Promise<number>;
  /** Resolves once the callers' proxies have loaded what is expected; at once where no proxy can be asked. */
  proven(expectation: Expectation): Promise<void>;
  /** Has a caller's proxy open its connections anew. */
  reconnect(caller: 'order'): Promise<void>;
  note(figure: string): void;
}

const host = 'payment.service.dc1.consul';
const cashdesk = 'cashdesk.service.dc1.consul';
const limitMs = 15_000;

/** Polls until it holds. */
async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const from = Date.now();
  while (!(await holds())) {
    if (Date.now() - from > limitMs) throw new Error(`${what} was waited for in vain`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

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
const refuse: TripMechanism = { kind: 'refuse', status: 503 };
const stampOf = (operationId: string) => ({
  operationId,
  by: 'jo',
  reason: 'provider is down – für Süden, …',
  at: Date.now(),
  until: Date.now() + 300_000,
});

/** What every control of trips by Consul's entries does, and what callers then get. */
export function consulTrips(name: string, start: () => Promise<ConsulMeshUnderTest>): void {
  describe(`trips in ${name}`, () => {
    let mesh: ConsulMeshUnderTest;
    let session: Session;

    beforeAll(async () => {
      mesh = await start();
      session = await mesh.openAs('operator');
    }, 120_000);
    afterAll(async () => {
      await session[Symbol.asyncDispose]();
      await mesh[Symbol.asyncDispose]();
    }, 60_000);

    /** Plans and applies as the console does. */
    async function hold(trip: Trip, id: string): Promise<PlannedWrite> {
      const control = isolationOf(session);
      const plan = await control.plan(trip, signal);
      const write = control.stamp?.(plan, stampOf(id)) ?? plan;
      await control.apply(write, signal);
      return write;
    }
    async function undo(trip: Trip, write: PlannedWrite): Promise<PlannedWrite> {
      const back = await isolationOf(session).planUndo(trip, write.changes, signal);
      await isolationOf(session).apply(back, signal);
      return back;
    }
    const heldNow = (
      expected: (trips: readonly HeldTrip[]) => boolean,
      of: Session = session,
    ): Promise<readonly HeldTrip[]> =>
      until((stop) => isolationOf(of).watch(stop, () => undefined), expected);
    const entry = async (path: string): Promise<unknown> => {
      const { status, text } = await mesh.call('GET', `/v1/config/${path}?consistent`);
      if (status === 404) return null;
      const { ModifyIndex: _, Hash: _hash, ...rest } = JSON.parse(text) as Record<string, unknown>;
      return rest;
    };
    const gets = (caller: 'edge' | 'order', said: string) =>
      eventually(`“${said}” for ${caller}`, async () => (await mesh.ask(caller)).includes(said));

    test('M02 a trip makes the caller’s calls fail by overflow within 5 s, and its end lets them through', async () => {
      const before = await entry('service-defaults/order');
      const trip = tripOf(refuse, 'order');
      const plan = await isolationOf(session).plan(trip, signal);
      expect(new Set(Object.values(guardsOf(plan)))).toEqual(new Set(['pass']));
      const stale = await isolationOf(session).plan(trip, signal);
      const at = Date.now();
      const write = await hold(trip, 'op-1');
      await gets('order', 'reset reason: overflow');
      const tripMs = Date.now() - at;
      expect(tripMs).toBeLessThan(5_000);
      await mesh.proven(write.expectation);
      expect(await isolationOf(session).verify(changeOf(write), signal)).toMatchObject({ state: 'after' });
      // A compare-and-set that lost is 200 and “false”.
      await expect(isolationOf(session).apply(stale, signal)).rejects.toMatchObject({ kind: 'conflict' });
      // Others still reach it, and nothing of order's does.
      expect(await mesh.ask('edge')).toBe('payment');
      for (let call = 0; call < 50; call += 1) expect(await mesh.ask('order')).toContain('overflow');

      await using second = await mesh.openAs('operator');
      const trips = await heldNow((all) => all.length > 0, second);
      expect(trips).toMatchObject([
        {
          id: `op-1@${host}`,
          by: 'jo',
          reason: 'provider is down – für Süden, …',
          caller: { name: 'order' },
        },
      ]);
      const end = await isolationOf(second).plan(
        { kind: 'endTrip', connectionId: hostOf().connectionId, tripId: `op-1@${host}`, serviceId: null },
        signal,
      );
      const endedAt = Date.now();
      await isolationOf(second).apply(end, signal);
      await gets('order', 'payment');
      const endMs = Date.now() - endedAt;
      expect(endMs).toBeLessThan(5_000);
      await mesh.proven(end.expectation);
      expect(await entry('service-defaults/order')).toEqual(before);
      await heldNow((all) => all.length === 0);
      mesh.note(
        `a trip made the caller's calls fail by overflow after ${tripMs} ms, and its end let them through after ${endMs} ms`,
      );
    });

    test('a trip reaches the proxies where an override with no limit stood before, which has the same hash as 0', async () => {
      const defaults = { Kind: 'service-defaults', Name: 'order', Protocol: 'http' };
      const Overrides = [{ Name: 'payment', ConnectTimeoutMs: 4_000, Limits: {} }];
      await mesh.call('PUT', '/v1/config', { ...defaults, UpstreamConfig: { Overrides } });
      const before = await entry('service-defaults/order');
      const write = await hold(tripOf(refuse, 'order'), 'op-2');
      await mesh.proven(write.expectation);
      await gets('order', 'overflow');
      await mesh.proven((await undo(tripOf(refuse, 'order'), write)).expectation);
      await gets('order', 'payment');
      expect(await entry('service-defaults/order')).toEqual(before);
      await mesh.call('PUT', '/v1/config', defaults);
    });

    test('every caller that has a sidecar is refused, and nothing reaches the service', async () => {
      const write = await hold(tripOf(refuse, null), 'op-3');
      expect(write.changes.map(({ document }) => document.name)).toEqual(['edge', 'order']);
      await mesh.proven(write.expectation);
      await gets('order', 'overflow');
      await gets('edge', 'overflow');
      const before = await mesh.reached();
      for (let call = 0; call < 20; call += 1) {
        expect(await mesh.ask('order')).toContain('overflow');
        expect(await mesh.ask('edge')).toContain('overflow');
      }
      expect(await mesh.reached()).toBe(before);
      expect(await heldNow((all) => all.length > 0)).toHaveLength(1);
      await mesh.proven((await undo(tripOf(refuse, null), write)).expectation);
      await gets('edge', 'payment');
    });

    test('calls are diverted to another service, and the weights stay as they are', async () => {
      const splitter = await entry('service-splitter/payment');
      const to = { kind: 'service' as const, host: cashdesk, subset: null };
      const divert = tripOf({ kind: 'divert', to }, null);
      const write = await hold(divert, 'op-4');
      expect(guardsOf(write)).toMatchObject({ fallback: 'pass', access: 'pass', protocol: 'pass' });
      await gets('order', 'cashdesk');
      await mesh.proven(write.expectation);
      expect(await isolationOf(session).verify(changeOf(write), signal)).toMatchObject({ state: 'after' });
      const back = await undo(divert, write);
      await gets('order', 'payment');
      await mesh.proven(back.expectation);
      expect(await entry('service-router/payment')).toBeNull();
      expect(await entry('service-splitter/payment')).toEqual(splitter);
    });

    test('a service that denies a caller is said to answer it 403, and so it does', async () => {
      const before = await entry('service-intentions/cashdesk');
      const sources = ['edge', 'order'].map((Name) => ({
        Name,
        Action: Name === 'order' ? 'deny' : 'allow',
      }));
      await mesh.call('PUT', '/v1/config', {
        Kind: 'service-intentions',
        Name: 'cashdesk',
        Sources: sources,
      });
      const divert = tripOf({ kind: 'divert', to: { kind: 'service', host: cashdesk, subset: null } }, null);
      await eventually(
        'the guard',
        async () =>
          guardsOf(await isolationOf(session).plan(divert, signal))['stand-in-intentions'] === 'tick',
      );
      const write = await hold(divert, 'op-6');
      await mesh.reconnect('order');
      await gets('order', '403');
      await gets('edge', 'cashdesk');
      const back = await undo(divert, write);
      await (before === null
        ? mesh.call('DELETE', '/v1/config/service-intentions/cashdesk')
        : mesh.call('PUT', '/v1/config', before));
      await mesh.proven(back.expectation);
      await gets('order', 'payment');
    });

    test('an intention denies one caller on new connections, and is put back as it was', async () => {
      const before = await entry('service-intentions/payment');
      const deny = tripOf({ kind: 'deny' }, 'order');
      const write = await hold(deny, 'op-5');
      expect(write.notes.join()).toContain('open already may be served');
      await mesh.reconnect('order');
      await gets('order', '403');
      expect(await mesh.ask('edge')).toBe('payment');
      await undo(deny, write);
      expect(await entry('service-intentions/payment')).toEqual(before);
      await mesh.reconnect('order');
      await gets('order', 'payment');
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
      await eventually('the declaration', () =>
        Promise.resolve(control.fallbacks().get(host)?.kind === 'service'),
      );
      await using viewer = await mesh.openAs('viewer');
      const refused = await isolationOf(viewer).plan(tripOf(refuse, 'order'), signal);
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
}

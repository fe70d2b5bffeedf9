import { describe, expect, test } from 'vitest';
import { envoy } from '../../shared/connectors/envoy/connector.ts';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { IsolationControl } from '../../shared/connectors/kit/control.ts';
import type { CallTarget, HeldTrip } from '../../shared/model/trip.ts';
import { hostOf, realClock } from './cluster.ts';
import { eventually, proofOf } from './springShop.ts';
import { endOf, heldIn, hold, isolationOf, tripOf } from './tripSteps.ts';
import { changeOf, guardsOf, signal } from './weights.ts';

/** Admin endpoints of two callers' proxies, order's and edge's, whose runtime a suite may change. */
export interface EnvoysUnderTest extends AsyncDisposable {
  readonly addresses: { readonly order: string; readonly edge: string };
  /** Calls of payment by order, and none else's. */
  readonly call: CallTarget;
  /** What a caller gets for some calls of payment at once, counted by the caller itself. */
  answersTo(caller: 'order' | 'edge'): Promise<{ readonly served: number; readonly refused: number }>;
}

/** The runtime of a proxy, read past Podium. */
export async function runtimeOf(address: string): Promise<Readonly<Record<string, string>>> {
  const answer = await fetch(`${address}/runtime`, { signal: AbortSignal.timeout(5_000) });
  const { entries } = (await answer.json()) as { entries: Record<string, { final_value: string }> };
  return Object.fromEntries(Object.entries(entries).map(([key, { final_value: value }]) => [key, value]));
}

/** As somebody else does it by hand. */
export async function setByHand(address: string, key: string, value: string): Promise<void> {
  const query = `${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
  const answer = await fetch(`${address}/runtime_modify?${query}`, { method: 'POST' });
  if (!answer.ok) throw new Error(`${key}: ${answer.status} ${await answer.text()}`);
}

export const openEnvoys = (addresses: readonly string[], clock = realClock): Promise<Session> =>
  envoy.open(envoy.settings.parse({ addresses }), hostOf({}, clock));

export const inMemory = { kind: 'runtime' } as const;

/** What trips in the memory of proxies do, on simulated and on real ones. */
export function envoyTripsConformance(
  name: string,
  start: () => Promise<EnvoysUnderTest>,
  timeoutMs = 20_000,
): void {
  const inShop = (
    title: string,
    run: (under: EnvoysUnderTest, session: Session, control: IsolationControl) => Promise<void>,
  ) =>
    test(
      title,
      async () => {
        await using under = await start();
        await using session = await openEnvoys(Object.values(under.addresses));
        await run(under, session, isolationOf(session));
      },
      timeoutMs,
    );
  const limitOf = (cluster: string): string => `circuit_breakers.${cluster}.default.max_requests`;
  const limits = async (address: string): Promise<[string, string][]> =>
    Object.entries(await runtimeOf(address)).filter(([key]) => key.endsWith('.max_requests'));
  const within5s = (under: EnvoysUnderTest, caller: 'order' | 'edge', which: 'served' | 'refused') =>
    eventually(
      () => under.answersTo(caller),
      (answers) => answers[which] > 0 && answers[which === 'served' ? 'refused' : 'served'] === 0,
      5_000,
    );

  describe(`trips in the memory of proxies on ${name}`, () => {
    inShop(
      'a plan writes nothing; held, the caller’s calls are refused within 5 s and no other’s; ended, none is',
      async (under, session, control) => {
        const { order, edge } = under.addresses;
        const operation = tripOf(under.call, inMemory);
        expect(await control.options(under.call, signal)).toMatchObject([
          { mechanism: 'runtime', unavailable: null, perCaller: true },
        ]);
        const plan = await control.plan(operation, signal);
        expect(plan.title).toBe('Trip order → payment: refused by the memory of 1 proxy for 5 min');
        expect(guardsOf(plan)).toEqual({ proxies: 'pass', 'memory-only': 'tick' });
        expect(plan.notes.join(' ')).toContain('Envoy has no dry run');
        expect(await runtimeOf(order)).toEqual({});

        const since = Date.now();
        const written = await hold(control, plan);
        await within5s(under, 'order', 'refused');
        expect((await under.answersTo('edge')).refused).toBe(0);
        const set = await limits(order);
        expect(set.length).toBeGreaterThan(0);
        expect(new Set(set.map(([, value]) => value))).toEqual(new Set(['0']));
        expect(await runtimeOf(edge)).toEqual({});
        expect(await control.verify(changeOf(written), signal)).toMatchObject({
          state: 'after',
          detail: '1 of 1 proxies refuse every call',
        });
        expect(await proofOf(session, written.expectation, since)).toMatchObject({
          state: 'seen',
          detail: '1 of 1 caller’s proxy holds it, read from Envoy itself',
        });
        const [trip] = await heldIn(session, (trips) => trips.length > 0);
        expect(trip).toMatchObject({
          host: under.call.host,
          caller: { name: 'order' },
          by: 'jo',
          reason: 'provider is down',
          operationId: 'op-1',
          mechanism: { kind: 'runtime' },
        });

        const undo = await control.planUndo(operation, written.changes, signal);
        await control.apply(undo, signal);
        await within5s(under, 'order', 'served');
        expect(await runtimeOf(order)).toEqual({});
        expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'before' });
        expect(await control.verify(changeOf(undo), signal)).toMatchObject({ state: 'after' });
        expect(await proofOf(session, undo.expectation, since)).toMatchObject({ state: 'seen' });
        await heldIn(session, (trips) => trips.length === 0);
        await expect(control.planUndo(operation, written.changes, signal)).rejects.toMatchObject({
          kind: 'refused',
        });
      },
    );

    inShop('every caller’s proxies are held at once, k of n', async (under, _session, control) => {
      const plan = await control.plan(tripOf({ ...under.call, caller: null }, inMemory), signal);
      expect(plan.guards.find(({ id }) => id === 'proxies')?.title).toMatch(/^2 of 2 proxies/);
      const written = await hold(control, plan);
      await within5s(under, 'order', 'refused');
      await within5s(under, 'edge', 'refused');
      const undo = await control.planUndo(
        tripOf({ ...under.call, caller: null }, inMemory),
        written.changes,
        signal,
      );
      expect((await control.apply(undo, signal)).takenBy).toBe('2 of 2 proxies');
      await within5s(under, 'order', 'served');
      await within5s(under, 'edge', 'served');
    });

    inShop(
      'a trip of another Podium is seen in the proxy, blocks a second one, and can be ended by it alone',
      async (under, _session, control) => {
        await hold(control, await control.plan(tripOf(under.call, inMemory), signal));
        await using second = await openEnvoys([under.addresses.order]);
        const [trip] = await heldIn(second, (trips) => trips.length > 0);
        expect(trip).toMatchObject({ operationId: 'op-1', by: 'jo', host: under.call.host });
        const other = isolationOf(second);
        const again = await other.plan(tripOf(under.call, inMemory), signal);
        expect(guardsOf(again)).toMatchObject({ 'held-already': 'block' });
        await expect(hold(other, again, 'op-2')).rejects.toMatchObject({ kind: 'conflict' });
        await other.apply(await other.plan(endOf(trip as HeldTrip), signal), signal);
        await within5s(under, 'order', 'served');
        expect(await runtimeOf(under.addresses.order)).toEqual({});
      },
    );

    inShop(
      'what somebody else had set is asked about, put back at the end, and left where they changed it since',
      async (under, _session, control) => {
        const { order } = under.addresses;
        const first = await hold(control, await control.plan(tripOf(under.call, inMemory), signal));
        const [[key = ''] = []] = await limits(order);
        await control.apply(
          await control.planUndo(tripOf(under.call, inMemory), first.changes, signal),
          signal,
        );
        expect(key).toBe(limitOf(key.replace(/^circuit_breakers\.|\.default\.max_requests$/g, '')));
        await setByHand(order, key, '7');
        const plan = await control.plan(tripOf(under.call, inMemory), signal);
        expect(guardsOf(plan)).toMatchObject({ overridden: 'tick' });
        const written = await hold(control, plan, 'op-3');
        expect((await runtimeOf(order))[key]).toBe('0');
        await control.apply(
          await control.planUndo(tripOf(under.call, inMemory), written.changes, signal),
          signal,
        );
        expect(await runtimeOf(order)).toEqual({ [key]: '7' });

        await setByHand(order, key, '');
        const last = await hold(control, await control.plan(tripOf(under.call, inMemory), signal), 'op-4');
        await setByHand(order, key, '9');
        await control.apply(
          await control.planUndo(tripOf(under.call, inMemory), last.changes, signal),
          signal,
        );
        expect(await runtimeOf(order)).toEqual({ [key]: '9' });
        await setByHand(order, key, '');
      },
    );

    inShop(
      'a host that no proxy reaches is refused, and nothing is sent',
      async (under, _session, control) => {
        const nowhere = { ...under.call, host: 'nowhere.shop.svc.cluster.local' };
        await expect(control.plan(tripOf(nowhere, inMemory), signal)).rejects.toThrow(
          /has a cluster of nowhere/,
        );
        expect(await control.options(nowhere, signal)).toMatchObject([
          { unavailable: expect.stringContaining('has a cluster of nowhere') as unknown },
        ]);
      },
    );
  });
}

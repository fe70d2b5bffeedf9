import { describe, expect, test } from 'vitest';
import type { IsolationControl } from '../../shared/connectors/kit/control.ts';
import type { CloseBreaker } from '../../shared/model/operation.ts';
import type { HeldTrip } from '../../shared/model/trip.ts';
import { until } from './cluster.ts';
import {
  eventually,
  type OpenSpring,
  openSpring,
  proofOf,
  type SpringUnderTest,
  tripPayment,
} from './springShop.ts';
import { endOf, heldIn, hold, isolationOf } from './tripSteps.ts';
import { changeOf, guardsOf, signal } from './weights.ts';

/** What the connectors of Eureka and of actuators do, on simulated and on real ones. */
export function springConformance(
  name: string,
  start: () => Promise<SpringUnderTest>,
  timeoutMs = 20_000,
): void {
  const inShop = (
    title: string,
    run: (under: SpringUnderTest, open: OpenSpring, control: IsolationControl) => Promise<void>,
  ) =>
    test(
      title,
      async () => {
        await using under = await start();
        await using open = await openSpring(under);
        const count = under.orders().length;
        await eventually(
          () => open.actuators.protections?.declared().get('payment') ?? [],
          ([one]) => one?.evidence === `actuators of ${count} of ${count} instances of order`,
        );
        await run(under, open, isolationOf(open.actuators));
      },
      timeoutMs,
    );
  const states = (under: SpringUnderTest): Promise<(string | undefined)[]> =>
    Promise.all(under.orders().map(async (id) => (await under.breakersIn(id))['payment']));
  const all = (under: SpringUnderTest, state: string) =>
    eventually(
      () => states(under),
      (found) => found.every((one) => one === state),
    );

  describe(`breakers on ${name}`, () => {
    inShop('are shown as protections of the service that they are named after', (_under, open) => {
      const [breaker] = open.actuators.protections?.declared().get('payment') ?? [];
      expect(breaker).toMatchObject({
        kind: 'breaker',
        text: 'breaker “payment” in order, opens at 50 % failed',
        observed: { text: expect.stringContaining('closed on 2 of 2') as unknown },
      });
      return Promise.resolve();
    });

    inShop('tell of the call that they guard', async (_under, open) => {
      const { topology } = open.actuators;
      if (topology === undefined) throw new Error('the actuators tell of no calls');
      const told = await until(
        (stop) => topology.watch(stop, () => undefined),
        ({ calls }) => calls !== undefined && calls.length > 0,
      );
      expect(told.calls).toEqual([
        {
          caller: { namespace: 'default', name: 'order' },
          callee: { namespace: 'default', name: 'payment' },
          basis: 'breaker “payment” of its caller',
          allowed: null,
        },
      ]);
    });

    inShop(
      'turned off, it lets calls through in every instance; ended, it decides again',
      async (under, _open, control) => {
        const off = tripPayment({ mechanism: { kind: 'breaker', name: 'payment', state: 'disabled' } });
        const plan = await control.plan(off, signal);
        expect(plan.title).toBe('Trip order → payment: breaker payment let through everything for 5 min');
        const written = await hold(control, plan);
        await all(under, 'DISABLED');
        for (const id of under.orders()) expect(await under.fallsBack(id)).not.toBe(true);
        await control.apply(await control.planUndo(off, written.changes, signal), signal);
        await all(under, 'CLOSED');
      },
    );

    inShop(
      'a plan writes nothing; held, every instance is forced open and answers the fallback; ended, none is',
      async (under, open, control) => {
        const options = await control.options(tripPayment().call, signal);
        expect(options).toMatchObject([
          { mechanism: 'breaker', breaker: 'payment', unavailable: null },
          { mechanism: 'breakerOff', breaker: 'payment', unavailable: null },
        ]);
        const plan = await control.plan(tripPayment(), signal);
        expect(plan.title).toBe('Trip order → payment: breaker payment forced open for 5 min');
        expect(guardsOf(plan)).toEqual({ breaker: 'pass' });
        expect(await states(under)).toEqual(['CLOSED', 'CLOSED']);

        const since = Date.now();
        const written = await hold(control, plan);
        expect(await states(under)).toEqual(['FORCED_OPEN', 'FORCED_OPEN']);
        for (const id of under.orders()) expect(await under.fallsBack(id)).not.toBe(false);
        expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'after' });
        expect(
          await eventually(
            () => proofOf(open.actuators, written.expectation, since),
            ({ state }) => state === 'seen',
          ),
        ).toMatchObject({ detail: '2 of 2 instances forced-open' });
        const [trip] = await heldIn(open.actuators, (trips) => trips.length > 0);
        expect(trip).toMatchObject({
          host: 'payment',
          caller: { namespace: 'default', name: 'order' },
          operationId: 'op-1',
          by: 'jo',
          mechanism: { kind: 'breaker', name: 'payment', state: 'forcedOpen' },
        });

        const undo = await control.planUndo(tripPayment(), written.changes, signal);
        await control.apply(undo, signal);
        expect(await states(under)).toEqual(['CLOSED', 'CLOSED']);
        for (const id of under.orders()) expect(await under.fallsBack(id)).not.toBe(true);
        expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'before' });
        expect(await control.verify(changeOf(undo), signal)).toMatchObject({ state: 'after' });
        await heldIn(open.actuators, (trips) => trips.length === 0);
        await expect(control.planUndo(tripPayment(), written.changes, signal)).rejects.toMatchObject({
          kind: 'refused',
        });
      },
    );

    inShop(
      'M09 held, it is set in an instance that joins later and in one that restarts, and ended in all of them',
      async (under, open, control) => {
        const written = await hold(control, await control.plan(tripPayment(), signal));
        const joined = await under.join();
        expect(under.orders()).toContain(joined);
        await all(under, 'FORCED_OPEN');
        expect(await under.fallsBack(joined)).not.toBe(false);
        await under.restart(under.orders()[0] ?? '');
        await all(under, 'FORCED_OPEN');
        const [trip] = await heldIn(open.actuators, (trips) => trips.length > 0);
        await control.apply(await control.plan(endOf(trip as HeldTrip), signal), signal);
        expect(new Set(await states(under))).toEqual(new Set(['CLOSED']));
        expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'before' });
      },
    );

    inShop(
      'a breaker that opened is closed by hand in every instance where it is, once, and held by nobody',
      async (under, open, control) => {
        const { breakers } = open.actuators;
        if (breakers === undefined) throw new Error('the actuators close no breaker');
        const [first = '', second = ''] = under.orders();
        const { connectionId, call } = tripPayment();
        const close: CloseBreaker = { kind: 'closeBreaker', connectionId, call, breaker: 'payment' };
        await expect(breakers.plan(close, signal)).rejects.toThrow(/there is nothing to close/);
        await expect(breakers.plan({ ...close, breaker: 'paymnet' }, signal)).rejects.toThrow(
          /no instance of order has a breaker “paymnet” now/i,
        );
        await under.openByFailing(first);
        const offered = await eventually(
          () => control.options(call, signal),
          (options) => options.some(({ mechanism }) => mechanism === 'closeBreaker'),
        );
        expect(offered).toContainEqual(expect.objectContaining({ breaker: 'payment', unavailable: null }));

        const since = Date.now();
        const plan = await breakers.plan(close, signal);
        expect(plan.title).toBe('Close breaker payment of order → payment');
        expect(guardsOf(plan)).toEqual({ breaker: 'pass' });
        expect((await states(under))[0]).toMatch(/OPEN/);
        const receipt = await breakers.apply(plan, signal);
        expect(receipt.takenBy).toBe('1 of 1 instances');
        expect(await states(under)).toEqual(['CLOSED', 'CLOSED']);
        expect(await under.fallsBack(first)).not.toBe(true);
        expect(await breakers.verify(changeOf(plan), signal)).toMatchObject({ state: 'after' });
        const seen = await eventually(
          () => proofOf(open.actuators, plan.expectation, since),
          ({ state }) => state === 'seen',
        );
        expect(seen.detail).toBe('2 of 2 instances closed');
        await expect(breakers.planUndo(close, plan.changes, signal)).rejects.toMatchObject({
          kind: 'refused',
        });

        // What somebody forced by hand can be closed too, and is asked about.
        await under.setByHand(second, 'FORCE_OPEN');
        const forced = await breakers.plan(close, signal);
        expect(guardsOf(forced)).toEqual({ breaker: 'pass', 'held-already': 'tick' });
        await breakers.apply(forced, signal);
        expect(await states(under)).toEqual(['CLOSED', 'CLOSED']);

        // What a trip of this Podium holds ends with the trip, and not behind its back.
        await hold(control, await control.plan(tripPayment(), signal));
        await expect(breakers.plan(close, signal)).rejects.toThrow(/end that trip instead/i);
        await expect(breakers.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
        expect(await states(under)).toEqual(['FORCED_OPEN', 'FORCED_OPEN']);
        const [trip] = await heldIn(open.actuators, (trips) => trips.length > 0);
        await control.apply(await control.plan(endOf(trip as HeldTrip), signal), signal);
      },
    );

    inShop(
      'M08 a name that a reading of this moment does not show is refused, and no breaker is made of it',
      async (under, _open, control) => {
        const before = await Promise.all(under.orders().map((id) => under.breakersIn(id)));
        const misspelt = tripPayment({
          mechanism: { kind: 'breaker', name: 'paymnet', state: 'forcedOpen' },
        });
        await expect(control.plan(misspelt, signal)).rejects.toThrow(
          /no instance of order has a breaker “paymnet” now/i,
        );
        // A plan that was made while it was there is no reason to send it either.
        const plan = await control.plan(tripPayment(), signal);
        const [change] = plan.changes;
        const forged = {
          ...plan,
          changes: [
            {
              ...changeOf(plan),
              after: (change?.after ?? '').replace('breaker: payment', 'breaker: paymnet'),
            },
          ],
        };
        await expect(control.apply(forged, signal)).rejects.toMatchObject({ kind: 'refused' });
        expect(await Promise.all(under.orders().map((id) => under.breakersIn(id)))).toEqual(before);
      },
    );

    inShop('M26 a name that Spring would evaluate is not written', async (_under, _open, control) => {
      for (const evil of ['#{T(java.lang.Runtime).getRuntime()}', '${jndi:ldap://x}']) {
        const trip = tripPayment({ mechanism: { kind: 'breaker', name: evil, state: 'forcedOpen' } });
        await expect(control.plan(trip, signal)).rejects.toThrow(/evaluate/);
      }
    });

    inShop(
      'what somebody else closes by hand is left to them, and what they had switched off is so again afterwards',
      async (under, _open, control) => {
        const [first = '', second = ''] = under.orders();
        await under.setByHand(second, 'DISABLE');
        const plan = await control.plan(tripPayment(), signal);
        expect(guardsOf(plan)).toMatchObject({ 'held-already': 'tick' });
        const written = await hold(control, plan);
        expect(await states(under)).toEqual(['FORCED_OPEN', 'FORCED_OPEN']);
        await under.setByHand(first, 'CLOSE');
        expect(await control.verify(changeOf(written), signal)).toMatchObject({
          state: 'after',
          detail: expect.stringMatching(/^1 of 2 instances/) as unknown,
        });
        await control.apply(await control.planUndo(tripPayment(), written.changes, signal), signal);
        expect(await states(under)).toEqual(['CLOSED', 'DISABLED']);
        await under.setByHand(second, 'CLOSE');
      },
    );

    inShop(
      'a Podium that was started anew goes on holding what its journal has',
      async (under, _open, control) => {
        const written = await hold(control, await control.plan(tripPayment(), signal));
        {
          await using second = await openSpring(under);
          const other = isolationOf(second.actuators);
          expect(await other.verify(changeOf(written), signal)).toMatchObject({ state: 'after' });
          const [trip] = await heldIn(second.actuators, (trips) => trips.length > 0);
          expect(trip?.operationId).toBe('op-1');
          await other.apply(await other.planUndo(tripPayment(), written.changes, signal), signal);
        }
        expect(await states(under)).toEqual(['CLOSED', 'CLOSED']);
      },
    );

    inShop(
      'M25 an instance taken out of service is pending until every client’s copy agrees, and is UP again afterwards',
      async (under, { registry, actuators }) => {
        const { workloads } = registry;
        if (workloads === undefined) throw new Error('the session takes no instance out of service');
        const [view] = (
          await workloads.read({ namespace: 'default', name: 'payment', hosts: [] }, signal)
        ).filter(({ version }) => version === 'v2');
        if (view === undefined) throw new Error('payment v2 is not there');
        expect(view.instances.map(({ name, ready, drained }) => [name, ready, drained])).toEqual([
          ['payment-2', true, null],
        ]);
        const operation = (verb: 'drain' | 'putBack') => ({
          kind: 'changeWorkload' as const,
          connectionId: 'conformance',
          serviceId: null,
          workload: view.ref,
          revision: view.revision,
          action: { verb, instance: 'payment-2' },
        });
        const since = Date.now();
        const plan = await workloads.plan(operation('drain'), signal);
        expect(guardsOf(plan)).toEqual({ 'last-instance': 'pass' });
        expect(await under.statusOf('payment-2')).toBe('UP');
        await workloads.apply(plan, signal);
        expect(await under.statusOf('payment-2')).toBe('OUT_OF_SERVICE');
        expect(await workloads.verify(changeOf(plan), signal)).toMatchObject({ state: 'after' });
        // Eureka has it at this moment; nobody who calls has, and nothing says that they do.
        const early = await proofOf(actuators, plan.expectation, since);
        // Real clients ask every two seconds; where one calls it even now, it did so when that was asked.
        const paying = await under.paidBy();
        if (paying === null || paying.has('payment-2')) expect(early.state).toBe('waiting');
        under.clientsFollow();
        const seen = await eventually(
          () => proofOf(actuators, plan.expectation, since),
          ({ state }) => state === 'seen',
          60_000,
        );
        expect(seen.detail).toMatch(/clients count 1 of payment$/);
        expect([...((await under.paidBy()) ?? ['payment-1'])]).toEqual(['payment-1']);
        await expect(workloads.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
        await expect(workloads.plan(operation('drain'), signal)).rejects.toMatchObject({ kind: 'refused' });

        const backAt = Date.now();
        const undo = await workloads.planUndo(operation('drain'), plan.changes, signal);
        await workloads.apply(undo, signal);
        expect(await under.statusOf('payment-2')).toBe('UP');
        expect(await workloads.verify(changeOf(plan), signal)).toMatchObject({ state: 'before' });
        under.clientsFollow();
        await eventually(
          () => proofOf(actuators, undo.expectation, backAt),
          ({ state }) => state === 'seen',
          60_000,
        );
        expect([...((await under.paidBy()) ?? ['payment-1', 'payment-2'])].sort()).toEqual([
          'payment-1',
          'payment-2',
        ]);
      },
    );
  });
}

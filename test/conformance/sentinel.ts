import { describe, expect, test } from 'vitest';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { IsolationControl } from '../../shared/connectors/kit/control.ts';
import type { Trip } from '../../shared/model/operation.ts';
import type { HeldTrip } from '../../shared/model/trip.ts';
import { eventually } from './springShop.ts';
import { endOf, heldIn, hold, isolationOf } from './tripSteps.ts';
import { changeOf, guardsOf, signal } from './weights.ts';
import {
  type FlowRule,
  type SentinelUnderTest,
  tripPayment,
  openSentinel,
  proofOf,
  flowRulesOf,
  editOf,
  configOf,
} from './sentinelShop.ts';

const everyCall: Trip['call'] = {
  calleeId: 'conformance/default/order',
  host: 'order',
  caller: null,
};

const atMost = (resource: string, count: number): FlowRule => ({
  resource,
  count,
  grade: 1,
  limitApp: 'default',
});
const named = (rules: readonly FlowRule[]) => rules.map(({ resource, count }) => [resource, count]);

/** What the connector of Sentinel does, on simulated and on real instances. */
export function sentinelConformance(
  name: string,
  start: () => Promise<SentinelUnderTest>,
  timeoutMs = 20_000,
): void {
  const inShop = (
    title: string,
    run: (under: SentinelUnderTest, session: Session, control: IsolationControl) => Promise<void>,
  ) =>
    test(
      title,
      async () => {
        await using under = await start();
        for (const id of under.orders()) await under.order(id);
        await using session = await openSentinel(under);
        await run(under, session, isolationOf(session));
      },
      timeoutMs,
    );
  const orders = (under: SentinelUnderTest): Promise<('paid' | 'fallback' | 'refused')[]> =>
    Promise.all(under.orders().map((id) => under.order(id)));
  const all = (under: SentinelUnderTest, seen: 'paid' | 'fallback' | 'refused', ms = 10_000) =>
    eventually(
      () => orders(under),
      (found) => found.every((one) => one === seen),
      ms,
    );

  describe(`Sentinel on ${name}`, () => {
    inShop(
      'applications are services with their instances, and a silent one is unknown, not gone',
      async (under, session) => {
        const topology = session.topology;
        if (topology === undefined) throw new Error('the session has no topology');
        const seen = await eventually(
          async () => {
            for await (const one of topology.watch(signal, () => undefined)) return one;
            return null;
          },
          (one) => one !== null,
        );
        expect(seen?.services.map((one) => one.name)).toEqual(['order', 'payment']);
        expect(seen?.calls).toMatchObject([{ caller: { name: 'order' }, callee: { name: 'payment' } }]);
        const instances = seen?.instances.filter(({ workload }) => workload === 'order') ?? [];
        expect(
          instances
            .filter(({ ready }) => ready)
            .map((one) => one.name)
            .sort(),
        ).toEqual(under.orders().map(under.nameOf).sort());
        const silent = instances.filter(({ ready }) => !ready);
        expect(silent.map(({ reason }) => reason)).toEqual([
          expect.stringMatching(/^whether it runs is not known: its command centre does not answer/),
        ]);
        expect(session.peer).toEqual({ product: 'Sentinel', version: '1.8.8' });
        expect(session.warnings.join(' ')).toMatch(/whoever reaches the port can change rules/);
      },
    );

    inShop(
      'figures are what the instances counted: passed, blocked, and who called whom',
      async (under, session, control) => {
        const { signals } = session;
        if (signals === undefined) throw new Error('the session has no figures');
        const rateOf = async (code: string): Promise<number> => {
          const { calls } = await signals.read(60, signal);
          return calls
            .filter(
              (row) => row.source.service === 'order' && row.host === 'payment' && row.responseCode === code,
            )
            .reduce((sum, { perSecond }) => sum + perSecond, 0);
        };
        // A process that has just begun writes its first seconds into no log.
        await eventually(
          async () => {
            await orders(under);
            return await rateOf('200');
          },
          (rate) => rate > 0,
        );
        for (let i = 0; i < 20; i += 1) for (const id of under.orders()) await under.order(id);
        // 42 at least, of which a second's log may be written late.
        expect(
          await eventually(
            () => rateOf('200'),
            (rate) => rate >= 40 / 60,
          ),
        ).toBeGreaterThan(0);
        const written = await hold(control, await control.plan(tripPayment(), signal));
        for (let i = 0; i < 20; i += 1) for (const id of under.orders()) await under.order(id);
        expect(
          await eventually(
            () => rateOf('429'),
            (rate) => rate >= 40 / 60,
          ),
        ).toBeGreaterThan(0);
        const { calls } = await signals.read(60, signal);
        expect(calls.some((row) => row.source.service === null && row.host === 'order')).toBe(true);
        await control.apply(await control.planUndo(tripPayment(), written.changes, signal), signal);
      },
    );

    inShop(
      'a plan writes nothing; held, every instance refuses payment; ended, none does',
      async (under, session, control) => {
        const [option] = await control.options(tripPayment().call, signal);
        expect(option).toMatchObject({
          mechanism: 'block',
          blocked: { application: 'order', resources: ['payment'] },
          unavailable: null,
        });
        const plan = await control.plan(tripPayment(), signal);
        expect(plan.title).toBe('Trip order → payment: payment blocked in order for 5 min');
        expect(guardsOf(plan)).toMatchObject({ resource: 'pass', instances: 'tick' });
        expect(await orders(under)).toEqual(['paid', 'paid']);

        const since = Date.now();
        const written = await hold(control, plan);
        await all(under, 'fallback', 5_000);
        expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'after' });
        const [trip] = await heldIn(session, (trips) => trips.length > 0);
        expect(trip).toMatchObject({
          host: 'payment',
          caller: { name: 'order' },
          operationId: 'op-1',
          by: 'jo',
          mechanism: { kind: 'block', application: 'order', resources: ['payment'] },
        });
        // The third instance answers nobody, and nothing says what it does.
        expect(await proofOf(session, written.expectation, since)).toMatchObject({
          state: 'waiting',
          detail: expect.stringMatching(/^2 of 3 instances block it/) as unknown,
        });

        const undo = await control.planUndo(tripPayment(), written.changes, signal);
        await control.apply(undo, signal);
        await all(under, 'paid', 5_000);
        for (const id of under.orders()) expect(await under.rulesIn(id)).toEqual([]);
        await heldIn(session, (trips) => trips.length === 0);
      },
    );

    inShop(
      'M09 held, it is set in an instance that joins and in one that begins anew, and ended in all of them',
      async (under, session, control) => {
        const since = Date.now();
        const written = await hold(control, await control.plan(tripPayment(), signal));
        await under.join();
        expect(under.orders()).toHaveLength(3);
        await all(under, 'fallback');
        const [first = ''] = under.orders();
        const seen = (expected: (detail: string) => boolean) =>
          eventually(
            () => proofOf(session, written.expectation, since),
            ({ detail }) => expected(detail),
          );
        await under.stop(first);
        // A process that is there again at the next reading lost the rule as if somebody had taken it out.
        await seen((detail) => detail.includes(`${under.nameOf(first)} `));
        await under.begin(first);
        await all(under, 'fallback', 30_000);
        const proof = await seen((detail) => detail.startsWith('3 of 3 instances block it'));
        expect(proof).toMatchObject({
          state: 'seen',
          detail: expect.stringMatching(/; in their last second \d/) as unknown,
        });
        const [trip] = await heldIn(session, (trips) => trips.length > 0);
        const end = await control.plan(endOf(trip as HeldTrip), signal);
        await control.apply(end, signal);
        await all(under, 'paid', 5_000);
        expect(await control.verify(changeOf(end), signal)).toMatchObject({ state: 'after' });
        expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'before' });
      },
    );

    inShop(
      'the former rules stay in force, and what somebody else sets meanwhile is there afterwards',
      async (under, _session, control) => {
        const [first = '', second = ''] = under.orders();
        const big = { ...atMost('/order', 900), id: '9007199254740993' };
        await under.setByHand(first, [big]);
        const plan = await control.plan(tripPayment(), signal);
        expect(changeOf(plan).before).toContain('9007199254740993');
        const written = await hold(control, plan);
        expect(named(await under.rulesIn(first)).sort()).toEqual([
          ['/order', 900],
          ['payment', 0],
        ]);
        const now = await under.rulesIn(second);
        await under.setByHand(second, [...now, atMost('/stock', 50)]);
        const undo = await control.planUndo(tripPayment(), written.changes, signal);
        expect(undo.notes.join(' ')).toContain(
          `${under.nameOf(second)}: someone else changed its flow rules since (1 more, 0 gone); that stays as it is.`,
        );
        await control.apply(undo, signal);
        expect(named(await under.rulesIn(first))).toEqual([['/order', 900]]);
        expect(named(await under.rulesIn(second))).toEqual([['/stock', 50]]);
        expect(await orders(under)).toEqual(['paid', 'paid']);
      },
    );

    inShop(
      'a trip that another Podium made is seen by its rule, and can be ended',
      async (under, session, control) => {
        await hold(control, await control.plan(tripPayment(), signal));
        await using second = await openSentinel(under);
        const other = isolationOf(second);
        const [trip] = await heldIn(second, (trips) => trips.length > 0);
        expect(trip).toMatchObject({
          operationId: 'op-1',
          by: 'jo',
          reason: 'provider is down',
          host: 'payment',
        });
        await other.apply(await other.plan(endOf(trip as HeldTrip), signal), signal);
        await all(under, 'paid', 5_000);
        // The first held it, and does not fight.
        await heldIn(session, (trips) => trips.length === 0);
        expect(await orders(under)).toEqual(['paid', 'paid']);
      },
    );

    inShop(
      'a Podium that was started anew goes on holding what its journal has',
      async (under, _session, control) => {
        const written = await hold(control, await control.plan(tripPayment(), signal));
        await using second = await openSentinel(under);
        expect(await isolationOf(second).verify(changeOf(written), signal)).toMatchObject({ state: 'after' });
        await isolationOf(second).apply(
          await isolationOf(second).planUndo(tripPayment(), written.changes, signal),
          signal,
        );
        await all(under, 'paid', 5_000);
      },
    );

    inShop('every caller is refused by the callee itself', async (under, _session, control) => {
      const [option] = await control.options(everyCall, signal);
      expect(option?.blocked?.resources).toContain('/order');
      if (option?.blocked === undefined) throw new Error('order cannot be blocked');
      const trip = tripPayment({ call: everyCall, mechanism: { kind: 'block', ...option.blocked } });
      const written = await hold(control, await control.plan(trip, signal));
      await all(under, 'refused', 5_000);
      await control.apply(await control.planUndo(trip, written.changes, signal), signal);
      await all(under, 'paid', 5_000);
    });

    inShop(
      'M08 a resource that nobody was called for is refused, and no rule is made of it',
      async (under, _session, control) => {
        const misspelt = tripPayment({
          mechanism: { kind: 'block', application: 'order', resources: ['paymnet'] },
        });
        await expect(control.plan(misspelt, signal)).rejects.toThrow(
          /No instance of order was called for paymnet yet/,
        );
        for (const id of under.orders()) expect(await under.rulesIn(id)).toEqual([]);
      },
    );

    inShop(
      'where Sentinel is switched off, a plan asks, events say it, and nothing is called loaded',
      async (under, session, control) => {
        const [first = ''] = under.orders();
        await under.switchByHand(first, false);
        const since = Date.now();
        const plan = await control.plan(tripPayment(), signal);
        expect(guardsOf(plan)).toMatchObject({ 'sentinel-off': 'tick' });
        const written = await hold(control, plan);
        expect(await orders(under)).toEqual(['paid', 'fallback']);
        const proof = await proofOf(session, written.expectation, since);
        expect(proof).toMatchObject({ state: 'waiting' });
        expect(proof.detail).toContain('has it, and Sentinel is switched off there');
        const events = await session.events?.read({ namespace: 'default', name: 'order' }, [], signal);
        expect(events?.map(({ reason }) => reason)).toContain('SwitchedOff');
        await under.switchByHand(first, true);
        await control.apply(await control.planUndo(tripPayment(), written.changes, signal), signal);
      },
    );

    inShop(
      'rules are edited as a set in every instance, and taken back without what others set since',
      async (under, session) => {
        const config = configOf(session);
        const document = await flowRulesOf(session);
        expect(document.yaml?.trim()).toBe('[]');
        const operation = editOf(
          document,
          '- resource: /order\n  count: 700\n- resource: payment\n  count: 600\n',
        );
        const plan = await config.plan(operation, signal);
        expect(guardsOf(plan)).toMatchObject({ changed: 'pass' });
        for (const id of under.orders()) expect(await under.rulesIn(id)).toEqual([]);
        await config.apply(plan, signal);
        for (const id of under.orders())
          expect(named(await under.rulesIn(id)).sort()).toEqual([
            ['/order', 700],
            ['payment', 600],
          ]);
        const protections = session.protections?.declared();
        expect(protections?.get('order')?.[0]).toMatchObject({
          kind: 'limit',
          text: '/order: at most 700 calls a second in each instance',
        });
        expect(protections?.get('payment')?.map(({ text }) => text)).toEqual([
          'payment: at most 600 calls a second in each instance',
        ]);
        for (const id of under.orders())
          await under.setByHand(id, [...(await under.rulesIn(id)), atMost('/stock', 50)]);
        const undo = await config.planUndo(operation, plan.changes, signal);
        await config.apply(undo, signal);
        for (const id of under.orders()) expect(named(await under.rulesIn(id))).toEqual([['/stock', 50]]);
      },
    );

    inShop(
      'an edit on rules that changed since it was planned is a conflict, and overwrites nothing',
      async (under, session) => {
        const config = configOf(session);
        const plan = await config.plan(
          editOf(await flowRulesOf(session), '- resource: /order\n  count: 700\n'),
          signal,
        );
        for (const id of under.orders()) await under.setByHand(id, [atMost('/stock', 50)]);
        await expect(config.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
        for (const id of under.orders()) expect(named(await under.rulesIn(id))).toEqual([['/stock', 50]]);
      },
    );

    inShop('a rule that Sentinel would drop without a word is refused', async (_under, session) => {
      const document = await flowRulesOf(session);
      await expect(
        configOf(session).plan(editOf(document, '- resource: /order\n  count: -5\n'), signal),
      ).rejects.toThrow(
        /would drop these rules and say “success” all the same. \/order: its count is below 0/,
      );
    });
  });
}

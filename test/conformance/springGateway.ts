import { describe, expect, test } from 'vitest';
import { counterDifferences } from '../../shared/analysis/counterDifferences.ts';
import type { SetRouting } from '../../shared/model/operation.ts';
import { until } from './cluster.ts';
import { gatewayProof, gatewaySplit, type GatewayUnderTest, weightsIn, within } from './gatewayUnderTest.ts';
import { eventually, openSpring, type OpenSpring } from './springShop.ts';
import { changeOf, guardsOf, sharesOf, shift, weightsOf } from './weights.ts';

/**
 * At each refresh, and so at each heartbeat, here every two seconds, a real gateway reads the weights of its file before
 * those that lie over them in memory: a call of that instant goes as the file says. One of fifty was seen on a busy machine.
 */
const astray = 3;

/** How far a counted share may lie from a declared one: five standard deviations, so that chance alone never fails a run. */
const mayDiffer = (share: number, of: number): number => 5 * Math.sqrt((share * (1 - share)) / of);

/** What the connector does with gateways, on simulated and on real ones. */
export function gatewayConformance(
  name: string,
  start: () => Promise<GatewayUnderTest>,
  timeoutMs = 20_000,
): void {
  const behind = (
    title: string,
    run: (under: GatewayUnderTest, open: OpenSpring, signal: AbortSignal) => Promise<void>,
  ) =>
    test(
      title,
      async () => {
        await using under = await start();
        await using open = await openSpring(under);
        await gatewaySplit(open, (split) => !split.route.match.includes('·'));
        await run(under, open, within());
      },
      timeoutMs,
    );
  const servedIn = (under: GatewayUnderTest) => Promise.all(under.gateways().map((id) => under.served(id)));

  describe(`routes by weight in ${name}`, () => {
    behind(
      'are a split of the service that they lead to, with versions that the registry knows',
      async (_under, open) => {
        const split = await gatewaySplit(open);
        expect(split).toMatchObject({
          hosts: ['payment'],
          gateways: ['default/gateway'],
          readOnly: null,
          route: { title: 'payment', match: 'Path /pay/**', protocol: 'http' },
          document: { kind: 'WeightGroup', name: 'gateway/payment' },
          destinations: [
            {
              host: 'payment',
              subset: 'payment-v1',
              version: 'v1',
              title: 'v1',
              weight: 80,
              readyInstances: 1,
              problem: null,
            },
            {
              host: 'payment',
              subset: 'payment-v2',
              version: 'v2',
              title: 'v2',
              weight: 20,
              readyInstances: 1,
              problem: null,
            },
          ],
        });
      },
    );

    behind(
      'a plan writes nothing; applied, every copy serves it and services count it so; undone, nothing of it is left',
      async (under, open, signal) => {
        const control = weightsOf(open.actuators);
        const [first = ''] = under.gateways();
        for (const [v1, v2] of [
          [90, 10],
          [50, 50],
        ] as const) {
          const split = await gatewaySplit(open);
          const operation = shift(split, [v1, v2]);
          const plan = await control.plan(operation, signal);
          expect(guardsOf(plan)).toEqual({
            'dry-run': 'pass',
            access: 'pass',
            destinations: 'pass',
            changed: 'pass',
            table: 'pass',
          });
          expect(plan.title).toBe(`Shift gateway, group payment: v1 80 → ${v1}, v2 20 → ${v2}`);
          expect(await servedIn(under)).toEqual([
            [80, 20],
            [80, 20],
          ]);

          const since = Date.now();
          await control.apply(plan, signal);
          expect(await servedIn(under)).toEqual([
            [v1, v2],
            [v1, v2],
          ]);
          expect(await control.verify(changeOf(plan), signal)).toMatchObject({
            state: 'after',
            detail: '2 of 2 copies store it.',
          });
          expect(await gatewayProof(open, plan, since)).toEqual({
            state: 'seen',
            detail: `2 of 2 copies serve it: ${v1} / ${v2}`,
          });
          const calls = 200;
          const counted = await under.call(first, calls);
          expect(counted.v1 + counted.v2).toBe(calls);
          const share = sharesOf(plan).destinations[1]?.share ?? 0;
          expect(Math.abs(counted.v2 / calls - share)).toBeLessThan(mayDiffer(share, calls));
          expect(weightsIn(await gatewaySplit(open, (now) => now.destinations[1]?.weight === v2))).toEqual([
            v1,
            v2,
          ]);

          const undo = await control.planUndo(operation, plan.changes, signal);
          expect(guardsOf(undo)).toMatchObject({ changed: 'pass' });
          await control.apply(undo, signal);
          expect(await servedIn(under)).toEqual([
            [80, 20],
            [80, 20],
          ]);
          // Its file says the same: what was laid over it in memory is taken away, and not overwritten.
          expect(await under.stored(first)).toBe(2);
          expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'before' });
          expect(await control.verify(changeOf(undo), signal)).toMatchObject({ state: 'after' });
          await gatewaySplit(open, (now) => now.destinations[1]?.weight === 20);
          await expect(control.planUndo(operation, plan.changes, signal)).rejects.toMatchObject({
            kind: 'refused',
          });
        }
      },
    );

    behind(
      'what Podium counts of each version is what the services count, of calls since the write alone',
      async (under, open, signal) => {
        const control = weightsOf(open.actuators);
        const [first = '', second = ''] = under.gateways();
        const split = await gatewaySplit(open);
        let since = 0;
        const read = async () => {
          const counted = await open.actuators.signals?.counters({ hosts: split.hosts, since }, signal);
          return counted?.series ?? [];
        };
        const readAfter = () =>
          eventually(read, (series) => series.some(({ samples }) => (samples.at(-1)?.[0] ?? 0) > since));
        await under.call(first, 20);
        await readAfter();
        const plan = await control.plan(shift(split, [50, 50]), signal);
        await control.apply(plan, signal);
        since = Date.now();
        await readAfter();
        const [a, b] = [await under.call(first, 120), await under.call(second, 80)];
        const counts = await eventually(
          async () => counterDifferences(await read(), sharesOf(plan), since),
          (each) => each.reduce((sum, count) => sum + count, 0) >= 200,
        );
        expect(counts).toEqual([a.v1 + b.v1, a.v2 + b.v2]);
        const figures = await open.actuators.signals?.read(60, signal);
        expect(figures?.problems).toEqual([]);
        expect(figures?.calls[0]).toMatchObject({
          source: { service: 'gateway' },
          host: 'payment',
          responseCode: '200',
        });
        await control.apply(await control.planUndo(shift(split, [50, 50]), plan.changes, signal), signal);
      },
    );

    behind(
      'a route for some requests is before the weights in every copy, and what it names goes there alone; undone, it is gone',
      async (under, open, signal) => {
        const { routing, proof } = open.actuators;
        if (routing === undefined) throw new Error('the session routes nothing');
        const [first = ''] = under.gateways();
        const split = await gatewaySplit(open);
        const add = (change: SetRouting['change']): SetRouting => ({
          kind: 'setRouting',
          connectionId: 'conformance',
          splitId: split.id,
          revision: split.revision,
          change,
        });
        const match = {
          headers: [{ name: 'x-beta', value: 'a.b', how: 'prefix' as const }],
          cookie: { name: 'grey', value: 'yes+no' },
          caller: null,
        };
        const operation = add({ kind: 'addRoute', name: 'beta', match, destination: 1 });
        const plan = await routing.plan(operation, signal);
        expect(guardsOf(plan)).toEqual({ access: 'pass', destination: 'pass', table: 'pass' });
        expect(await under.stored(first)).toBe(2);
        const since = Date.now();
        await routing.apply(plan, signal);
        expect(await routing.verify(changeOf(plan), signal)).toMatchObject({ state: 'after' });
        expect(await proof?.loaded(plan.expectation, since, signal)).toEqual({
          state: 'seen',
          detail: '2 of 2 copies serve route podium.beta',
        });
        const beta = { 'x-beta': 'a.b1', cookie: 'grey=yes+no' };
        expect(await under.call(first, 30, beta)).toEqual({ v1: 0, v2: 30 });
        // All conditions must hold, and as they are written: the weights have all others.
        for (const headers of [{ 'x-beta': 'aXb', cookie: beta.cookie }, { 'x-beta': 'a.b' }])
          expect((await under.call(first, 60, headers)).v1).toBeGreaterThan(20);
        const [route] = await until(
          (stop) => routing.watch(stop, () => undefined),
          (routes) => routes.length > 0,
          60_000,
        );
        expect(route).toMatchObject({
          splitId: split.id,
          name: 'podium.beta',
          match,
          to: 'v2',
          destination: 1,
          ours: true,
        });
        await expect(routing.plan(operation, signal)).rejects.toMatchObject({ kind: 'refused' });
        for (const refused of [
          { kind: 'removeRoute' as const, routeName: 'payment-v1' },
          { kind: 'mirror' as const, destination: 1, percent: 50 },
          { ...operation.change, match: { headers: [], cookie: null, caller: null } } as SetRouting['change'],
          {
            kind: 'addRoute' as const,
            name: 'evil',
            match: { ...match, headers: [{ name: 'x', value: '#{1+1}', how: 'exact' as const }] },
            destination: 1,
          },
        ])
          await expect(routing.plan(add(refused), signal)).rejects.toMatchObject({ kind: 'refused' });

        const undo = await routing.planUndo(operation, plan.changes, signal);
        await routing.apply(undo, signal);
        expect(await under.stored(first)).toBe(2);
        expect(await routing.verify(changeOf(plan), signal)).toMatchObject({ state: 'before' });
        await routing.apply(await routing.plan(operation, signal), signal);
        const removal = add({ kind: 'removeRoute', routeName: 'podium.beta' });
        const gone = await routing.plan(removal, signal);
        await routing.apply(gone, signal);
        expect(await proof?.loaded(gone.expectation, since, signal)).toMatchObject({ state: 'seen' });
        expect(await under.stored(first)).toBe(2);
        await expect(routing.planUndo(operation, plan.changes, signal)).rejects.toMatchObject({
          kind: 'refused',
        });
      },
    );

    behind(
      'all calls move at once from one version to the other, and none is lost meanwhile',
      async (under, open, signal) => {
        const control = weightsOf(open.actuators);
        const [first = ''] = under.gateways();
        const all = await control.plan(shift(await gatewaySplit(open), [100, 0]), signal);
        await control.apply(all, signal);
        expect((await under.call(first, 50)).v2).toBeLessThanOrEqual(astray);
        const other = shift(await gatewaySplit(open, (now) => now.destinations[1]?.weight === 0), [0, 100]);
        const plan = await control.plan(other, signal);
        await Promise.all([
          control.apply(plan, signal),
          // A call that no route takes is answered 404, and throws here.
          under.call(first, 100),
        ]);
        expect((await under.call(first, 50)).v1).toBeLessThanOrEqual(astray);
        // Memory held the routes before this one: they are stored there again.
        await control.apply(await control.planUndo(other, plan.changes, signal), signal);
        expect(await servedIn(under)).toEqual([
          [100, 0],
          [100, 0],
        ]);
      },
    );

    behind(
      'what a gateway would not load, or answer 404 for, is refused before anything is sent',
      async (under, open, signal) => {
        const control = weightsOf(open.actuators);
        const split = await gatewaySplit(open);
        for (const weights of [[0, 0], [12.5, 87.5], [-5, 105], [80, 20], [100]])
          await expect(control.plan(shift(split, weights), signal)).rejects.toMatchObject({
            kind: 'refused',
          });
        expect(await under.stored(under.gateways()[0] ?? '')).toBe(2);
      },
    );

    behind(
      'what somebody else stored since the review is no plan’s to overwrite',
      async (under, open, signal) => {
        const control = weightsOf(open.actuators);
        const [first = '', second = ''] = under.gateways();
        const plan = await control.plan(shift(await gatewaySplit(open), [90, 10]), signal);
        await under.setByHand(second, [70, 30]);
        await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
        expect([await under.served(first), await under.served(second)]).toEqual([
          [80, 20],
          [70, 30],
        ]);
        const split = await gatewaySplit(open, ({ route }) => route.match.includes('·'));
        expect(split.route.match).toMatch(/ · gateway-[12] divides (70 \/ 30|80 \/ 20)$/);
      },
    );

    behind(
      'a copy that restarts divides as its file says: that is told, and one more change brings it along',
      async (under, open, signal) => {
        const control = weightsOf(open.actuators);
        const [, second = ''] = under.gateways();
        const since = Date.now();
        const plan = await control.plan(shift(await gatewaySplit(open), [60, 40]), signal);
        await control.apply(plan, signal);
        await under.restart(second);
        expect(await under.served(second)).toEqual([80, 20]);
        const read = await eventually(
          () => control.verify(changeOf(plan), signal).catch(() => null),
          (found) => found?.state === 'else',
        );
        expect(read?.detail).toBe(
          '1 of 2 copies store it; gateway-2 divides 80 / 20, as before: it restarted.',
        );
        expect(await gatewayProof(open, plan, since)).toMatchObject({
          detail: '1 of 2 copies serve it: 60 / 40; gateway-2 serves 80 / 20',
        });
        const split = await gatewaySplit(open, ({ route }) => route.match.includes('gateway-'));
        const again = await control.plan(shift(split, [60, 40]), signal);
        await control.apply(again, signal);
        expect(await servedIn(under)).toEqual([
          [60, 40],
          [60, 40],
        ]);
        const back = await control.planUndo(shift(split, [60, 40]), again.changes, signal);
        await control.apply(back, signal);
        // Each has its own again.
        expect(await servedIn(under)).toEqual([
          [60, 40],
          [80, 20],
        ]);
      },
    );

    behind(
      'a copy that joins later is told of, and not written to by what was reviewed without it',
      async (under, open, signal) => {
        const control = weightsOf(open.actuators);
        const split = await gatewaySplit(open);
        const plan = await control.plan(shift(split, [60, 40]), signal);
        const joined = await under.join();
        await gatewaySplit(open, ({ revision }) => revision !== split.revision);
        await expect(control.apply(plan, signal)).rejects.toThrow(`${joined} has this group too`);
        expect(new Set((await servedIn(under)).map(String))).toEqual(new Set(['80,20']));
      },
    );
  });
}

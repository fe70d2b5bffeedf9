import { describe, expect, test } from 'vitest';
import { PeerError } from '../../shared/connectors/kit/peerError.ts';
import type { Split } from '../../shared/model/weights.ts';
import { until } from './cluster.ts';
import type { PaymentUnderTest } from './payment.ts';
import { changeOf, guardsOf, ready, sharesOf, shift, signal, weightsOf } from './weights.ts';

/** Payment's split once it is as expected. */
export async function paymentSplit(
  payment: PaymentUnderTest,
  expected: (split: Split) => boolean = ready,
): Promise<Split> {
  const splits = await until(
    (stop) => weightsOf(payment.weights).watch(stop, () => undefined),
    (all) => all.some((split) => payment.isSplit(split) && expected(split)),
  );
  const found = splits.find((split) => payment.isSplit(split));
  if (found === undefined) throw new Error('the split is gone');
  return found;
}

/** What every control of weights does, whatever the system. */
export function anyWeights(name: string, start: () => Promise<PaymentUnderTest>): void {
  describe(`weights on ${name}`, () => {
    test('are declared with their versions and what is ready to take calls', async () => {
      await using payment = await start();
      const split = await paymentSplit(payment);
      expect(split).toMatchObject({ ownership: null, readOnly: null, gateways: ['mesh'] });
      expect(split.hosts).toContain(payment.host);
      expect(split.route).toMatchObject({ title: 'default', match: 'all requests', protocol: 'http' });
      expect(split.revision).toBe((await payment.written()).revision);
      expect(
        split.destinations.map((one) => [one.title, one.version, one.weight, one.readyInstances]),
      ).toEqual([
        ['v1', 'v1', 70, 2],
        ['v2', 'v2', 30, 1],
      ]);
      expect(split.destinations.map(({ host }) => host)).toEqual(
        payment.versionHosts ?? [payment.host, payment.host],
      );
    });

    test('are planned without a write, change alone when applied, and are as before when undone', async () => {
      await using payment = await start();
      const control = weightsOf(payment.weights);
      const split = await paymentSplit(payment);
      const before = await payment.written();
      expect(before.weights).toEqual([70, 30]);

      const plan = await control.plan(shift(split, [95, 5]), signal);
      expect(plan.title).toBe(`Shift ${payment.service}: v1 70 → 95, v2 30 → 5`);
      expect(new Set(Object.values(guardsOf(plan)))).toEqual(new Set(['pass']));
      expect(plan.threeWay).toBeNull();
      expect(sharesOf(plan).destinations.map((one) => [one.version, one.share])).toEqual([
        ['v1', 0.95],
        ['v2', 0.05],
      ]);
      expect(await payment.written()).toEqual(before);
      expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'before' });

      const receipt = await control.apply(plan, signal);
      const after = await payment.written();
      expect(receipt.revisions).toHaveLength(1);
      if (payment.answered !== true)
        expect(receipt.revisions.map((one) => one.revision)).toEqual([after.revision]);
      expect(after).toMatchObject({ weights: [95, 5], rest: before.rest });
      expect(await control.verify(changeOf(plan), signal)).toMatchObject({
        state: 'after',
        ...(payment.answered === true ? {} : { revision: after.revision }),
      });

      await paymentSplit(payment, (one) => one.destinations[0]?.weight === 95);
      const undo = await control.planUndo(shift(split, [95, 5]), [changeOf(plan)], signal);
      expect(undo.threeWay).toBeNull();
      await control.apply(undo, signal);
      expect(await payment.written()).toMatchObject({ weights: [70, 30], rest: before.rest });
      expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'before' });
      await expect(control.planUndo(shift(split, [95, 5]), [changeOf(plan)], signal)).rejects.toMatchObject({
        kind: 'refused',
      });
    });

    test('M01 planned before someone else’s write, are refused, and theirs stays', async () => {
      await using payment = await start();
      const control = weightsOf(payment.weights);
      const plan = await control.plan(shift(await paymentSplit(payment), [95, 5]), signal);
      await payment.annotate();
      const theirs = await payment.written();
      await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
      expect(await payment.written()).toEqual(theirs);
    });

    test('that someone else moved meanwhile are shown three ways', async () => {
      await using payment = await start();
      const control = weightsOf(payment.weights);
      const split = await paymentSplit(payment);
      await control.apply(await control.plan(shift(split, [60, 40]), signal), signal);
      await paymentSplit(payment, (one) => one.destinations[0]?.weight === 60);
      const plan = await control.plan(shift(split, [95, 5]), signal);
      expect(guardsOf(plan)).toMatchObject({ changed: 'tick' });
      expect(plan.threeWay).toMatchObject({ seen: [70, 30], now: [60, 40], wanted: [95, 5] });
    });

    test('M05 that no system should be asked for are refused when they are planned', async () => {
      await using payment = await start();
      const split = await paymentSplit(payment);
      const before = await payment.written();
      for (const weights of [[0, 0], [95, 6], [100], [-5, 105], [33.333, 66.667], [70, 30]]) {
        const refusal: unknown = await weightsOf(payment.weights)
          .plan(shift(split, weights), signal)
          .catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(PeerError);
        expect(refusal).toMatchObject({ kind: 'refused' });
      }
      expect(await payment.written()).toEqual(before);
    });

    test('are not moved to where calls would fail, and may be moved away from there', async () => {
      await using payment = await start();
      const problem = await payment.breakV2();
      const control = weightsOf(payment.weights);
      const split = await paymentSplit(payment, (one) => one.destinations[1]?.problem !== null);
      expect(split.destinations[1]?.problem).toContain(problem);
      expect(guardsOf(await control.plan(shift(split, [50, 50]), signal))).toMatchObject({
        destinations: 'block',
      });
      expect(guardsOf(await control.plan(shift(split, [100, 0]), signal))).toMatchObject({
        destinations: 'pass',
      });
    });

    test('moved towards a version without a ready instance ask for the service’s name', async () => {
      await using payment = await start();
      await payment.stopV2();
      const split = await paymentSplit(
        payment,
        (one) => one.destinations[0]?.readyInstances === 2 && one.destinations[1]?.readyInstances === 0,
      );
      const plan = await weightsOf(payment.weights).plan(shift(split, [50, 50]), signal);
      expect(guardsOf(plan)).toMatchObject({ destinations: 'typeName' });
    });
  });
}

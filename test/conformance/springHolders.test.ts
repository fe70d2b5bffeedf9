import { expect, test } from 'vitest';
import { PartlyWritten } from '../../shared/connectors/kit/control.ts';
import { type SimulatedActuator, simulateActuator } from '../../shared/rehearsal/spring/actuator.ts';
import type { CloseBreaker } from '../../shared/model/operation.ts';
import type { CallTarget } from '../../shared/model/trip.ts';
import { type SimulatedSpring, simulatedSpring } from './simulatedSpring.ts';
import { eventually, type OpenSpring, openSpring, tripPayment } from './springShop.ts';
import { heldIn, hold, isolationOf } from './tripSteps.ts';
import { signal } from './weights.ts';

/** Payment is called by order, in two instances, and by web, in one: each guards it by a breaker of its own. */
interface TwoHolders {
  readonly shop: SimulatedSpring;
  readonly web: SimulatedActuator;
  readonly open: OpenSpring;
}

async function inBoth(run: (both: TwoHolders) => Promise<void>): Promise<void> {
  await using shop = await simulatedSpring();
  await using web = await simulateActuator(['payment']);
  shop.eureka.register({ app: 'web', id: 'web-1', port: web.port, version: 'v1' });
  await using open = await openSpring(shop);
  await eventually(
    () => (open.actuators.protections?.declared().get('payment') ?? []).map(({ evidence }) => evidence),
    (told) =>
      ['2 of 2 instances of order', '1 of 1 instances of web'].every((one) =>
        told.includes(`actuators of ${one}`),
      ),
  );
  await run({ shop, web, open });
}

const call: CallTarget = { ...tripPayment().call, caller: null };
const close: CloseBreaker = { kind: 'closeBreaker', connectionId: 'conformance', call, breaker: 'payment' };
const states = ({ shop, web }: TwoHolders): (string | undefined)[] =>
  [...shop.orders().map((id) => shop.actuators.get(id)), web].map(
    (actuator) => actuator?.breakers.get('payment')?.state,
  );
const forceByHand = async ({ shop, web }: TwoHolders): Promise<void> => {
  for (const id of shop.orders()) await shop.setByHand(id, 'FORCE_OPEN');
  web.breakers.get('payment')?.set('FORCED_OPEN', Date.now());
};
const closerOf = ({ open }: TwoHolders) => {
  if (open.actuators.breakers === undefined) throw new Error('the actuators close no breaker');
  return open.actuators.breakers;
};
const partly = (error: unknown): PartlyWritten => {
  if (error instanceof PartlyWritten) return error;
  throw error;
};

test('a trip that one of two services cannot take is refused before the other is sent anything', () =>
  inBoth(async (both) => {
    const control = isolationOf(both.open.actuators);
    const plan = await control.plan(tripPayment({ call }), signal);
    expect(plan.changes.map(({ document }) => document.name)).toHaveLength(2);
    both.web.breakers.delete('payment');
    await expect(hold(control, plan)).rejects.toMatchObject({ kind: 'refused' });
    both.web.fault = 'fails';
    await expect(hold(control, plan)).rejects.toMatchObject({ kind: 'unreachable' });
    expect(states(both)).toEqual(['CLOSED', 'CLOSED', undefined]);
    expect(await heldIn(both.open.actuators, () => true)).toEqual([]);
  }));

test('a trip that the second of two services does not take is told as written in the first, where it is held', () =>
  inBoth(async (both) => {
    const control = isolationOf(both.open.actuators);
    const plan = await control.plan(tripPayment({ call }), signal);
    both.web.fault = 'readOnly';
    const told = await hold(control, plan).then(() => null, partly);
    expect(told?.message).toMatch(/lets it only be read/);
    expect(told?.receipt.revisions).toEqual([
      { document: plan.changes[0]?.document, revision: '2 of 2 instances' },
    ]);
    expect(states(both)).toEqual(['FORCED_OPEN', 'FORCED_OPEN', 'CLOSED']);
    const held = await heldIn(both.open.actuators, (trips) => trips.length > 0);
    expect(held.map(({ caller }) => caller?.name)).toEqual(['order']);
    const written = plan.changes.slice(0, told?.receipt.revisions.length);
    await control.apply(await control.planUndo(tripPayment({ call }), written, signal), signal);
    expect(states(both)).toEqual(['CLOSED', 'CLOSED', 'CLOSED']);
  }));

test('a trip of two services ends in the second where the first cannot be told', () =>
  inBoth(async (both) => {
    const control = isolationOf(both.open.actuators);
    const written = await hold(control, await control.plan(tripPayment({ call }), signal));
    expect(states(both)).toEqual(['FORCED_OPEN', 'FORCED_OPEN', 'FORCED_OPEN']);
    const undo = await control.planUndo(tripPayment({ call }), written.changes, signal);
    for (const id of both.shop.orders()) Object.assign(both.shop.actuators.get(id) ?? {}, { fault: 'fails' });
    expect((await control.apply(undo, signal)).takenBy).toBe('1 of 3 instances');
    expect(states(both)).toEqual(['FORCED_OPEN', 'FORCED_OPEN', 'CLOSED']);
    for (const id of both.shop.orders()) Object.assign(both.shop.actuators.get(id) ?? {}, { fault: null });
    await eventually(
      () => states(both),
      (now) => now.every((state) => state === 'CLOSED'),
    );
  }));

test('a close that one of two services cannot take is refused before the other is sent anything', () =>
  inBoth(async (both) => {
    await forceByHand(both);
    const closer = closerOf(both);
    const plan = await closer.plan(close, signal);
    expect(plan.changes).toHaveLength(2);
    both.web.breakers.delete('payment');
    await expect(closer.apply(plan, signal)).rejects.toMatchObject({ kind: 'refused' });
    both.web.fault = 'fails';
    await expect(closer.apply(plan, signal)).rejects.toMatchObject({ kind: 'unreachable' });
    expect(states(both)).toEqual(['FORCED_OPEN', 'FORCED_OPEN', undefined]);
  }));

test('a close that the second of two services does not take is told as written in the first', () =>
  inBoth(async (both) => {
    await forceByHand(both);
    const closer = closerOf(both);
    const plan = await closer.plan(close, signal);
    both.web.fault = 'readOnly';
    const told = await closer.apply(plan, signal).then(() => null, partly);
    expect(told?.receipt.revisions).toEqual([
      { document: plan.changes[0]?.document, revision: '2 of 2 instances' },
    ]);
    expect(states(both)).toEqual(['CLOSED', 'CLOSED', 'FORCED_OPEN']);
  }));

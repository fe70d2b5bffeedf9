import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serviceId } from '../../shared/analysis/entityIds.ts';
import type { Operation } from '../../shared/model/operation.ts';
import type { Plan } from '../../shared/model/plan.ts';
import type { Canary, CanaryRequest, ChangeSet } from '../../shared/model/watch.ts';
import { until } from '../conformance/cluster.ts';
import { rungOf } from './console.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { clientFor, setLoad, setMode } from './measure.ts';
import {
  countPayments,
  deviationOf,
  readPayment,
  restorable,
  restoreWeights,
  usualLoad,
  waitForLoaded,
  writeWeights,
} from './payment.ts';
import { waitFor } from './start/processes.ts';
import { paymentHost, shopHost } from './start/shop.ts';
import { ask, clearTrips, openTrips, type TripConsole } from './tripsShop.ts';

const peers = readCoordinates();
const { envoys } = peers;
if (envoys === null) throw new Error('this run has no mesh');
const calm = { failRatio: 0, delayMs: 5 };

beforeEach(async () => {
  await restoreWeights(peers);
  await setLoad(peers, 80);
});
afterEach(async () => {
  for (const one of ['payment-v1', 'payment-v2']) await setMode(peers, one, calm);
  await clearTrips(peers);
  await restoreWeights(peers);
  await setLoad(peers, usualLoad);
});

/** What everything that a plan asks for is acknowledged with. */
const consentOf = ({ guards, serviceName }: Plan) => ({
  ticked: guards.filter(({ verdict }) => verdict === 'tick').map(({ id }) => id),
  typedName: serviceName,
});
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Counts at the services themselves and expects this share of v2, within five standard deviations. */
async function expectShare(share: number, payments: number): Promise<string> {
  const { total, v2 } = await countPayments(peers, payments);
  expect(Math.abs(v2 - share)).toBeLessThan(5 * deviationOf(share, total));
  return `${percent(v2)} of ${total}, wanted ${percent(share)}`;
}

describe('a guided canary on the real mesh', () => {
  const canaryOf = async (
    { console: { client } }: TripConsole,
    canaryId: string,
    expected: (canary: Canary) => boolean,
  ): Promise<Canary> => {
    const all = await until(
      async function* (signal) {
        yield* await client.canaries.watch(undefined, { signal });
      },
      (canaries) => canaries.some((one) => one.id === canaryId && expected(one)),
      180_000,
    );
    return all.find(({ id }) => id === canaryId) as Canary;
  };

  async function start(shop: TripConsole, percents: readonly number[]): Promise<string> {
    const { client, paymentSplit } = shop.console;
    const split = await paymentSplit();
    const request: CanaryRequest = {
      connectionId: split.connectionId,
      splitId: split.id,
      destination: 1,
      steps: percents.map((one) => ({ percent: one, forSeconds: 30 })),
      conditions: [{ kind: 'errors', version: 'v2', aboveRatio: 0.05 }],
      reason: 'v2 is to take over',
    };
    const { reason } = request;
    // What an earlier suite made fail is in the figures for a while, and no canary starts on it.
    return waitFor('figures of v2 without an earlier suite’s failures', { limitMs: 180_000 }, async () => {
      const { plan, steps } = await client.canaries.plan({ request });
      expect(steps.map(({ weights }) => weights[1])).toEqual(percents);
      const asked = { ...consentOf(plan), planId: plan.id, request, reason };
      const started = await client.canaries.start(asked).catch(async (error: unknown) => {
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        throw error;
      });
      return started.canaryId;
    });
  }

  test('takes its steps by itself, each seen in the traffic and counted at the services, and is finished', async () => {
    await using shop = await openTrips(peers);
    const canaryId = await start(shop, [50, 80]);
    await canaryOf(shop, canaryId, ({ step, stepStartedAt }) => step === 0 && stepStartedAt !== null);
    await waitForLoaded(peers, 50, 50);
    const first = await expectShare(0.5, 400);
    await canaryOf(shop, canaryId, ({ step, stepStartedAt }) => step === 1 && stepStartedAt !== null);
    await waitForLoaded(peers, 20, 80);
    const second = await expectShare(0.8, 400);
    const { operationIds, note } = await canaryOf(shop, canaryId, ({ state }) => state === 'finished');
    expect(operationIds).toHaveLength(2);
    const said: string[] = [];
    for (const id of operationIds) {
      const record = await shop.measured(id);
      expect(record).toMatchObject({ state: 'written', watch: { state: 'passed' } });
      expect(rungOf(record, 'measured').state).toBe('seen');
      said.push(rungOf(record, 'measured').detail);
    }
    expect((await readPayment(peers)).spec.http[0]?.route.map(({ weight }) => weight)).toEqual([20, 80]);
    noteFigure(
      peers,
      'guided',
      `canary in two steps: ${first}; ${second} payments; ${said.join('; ')} ${note}`,
    );
  }, 420_000);

  test('goes back to where it began when its version fails at a step, and calls go there again', async () => {
    const before = await restorable(peers);
    await using shop = await openTrips(peers);
    const canaryId = await start(shop, [50, 80]);
    await canaryOf(shop, canaryId, ({ stepStartedAt }) => stepStartedAt !== null);
    await waitForLoaded(peers, 50, 50);
    await setMode(peers, 'payment-v2', { failRatio: 0.5 });
    const failingAt = Date.now();
    const { note, operationIds } = await canaryOf(shop, canaryId, ({ state }) => state === 'takenBack');
    const took = Date.now() - failingAt;
    expect(note).toMatch(/errors/);
    await waitForLoaded(peers, 70, 30);
    expect(await restorable(peers)).toEqual(before);
    const share = await expectShare(0.3, 400);
    expect(operationIds.length).toBeLessThanOrEqual(2);
    noteFigure(
      peers,
      'guided',
      `canary failing half its calls: back after ${took} ms (“${note}”); then ${share}`,
    );
  }, 420_000);
});

describe('a change set on the real mesh', () => {
  const setOf = (
    { console: { client } }: TripConsole,
    setId: string,
    expected: (set: ChangeSet) => boolean,
  ): Promise<ChangeSet> =>
    until(
      async function* (signal) {
        yield* await client.operations.watchSet({ setId }, { signal });
      },
      expected,
      60_000,
    );

  async function apply(shop: TripConsole, plans: readonly Plan[]): Promise<{ id: string; set: ChangeSet }> {
    const { client } = shop.console;
    const { setId } = await client.operations.applySet({
      planIds: plans.map(({ id }) => id),
      reason: 'together',
      confirmations: plans.map((plan) => ({ planId: plan.id, ...consentOf(plan) })),
    });
    return { id: setId, set: await setOf(shop, setId, ({ finishedAt }) => finishedAt !== null) };
  }

  async function weighing(shop: TripConsole, weights: readonly number[]): Promise<Operation> {
    const split = await shop.console.paymentSplit();
    return {
      kind: 'setWeights',
      splitId: split.id,
      connectionId: split.connectionId,
      weights: [...weights],
      seen: { revision: split.revision, weights: split.destinations.map(({ weight }) => weight) },
    };
  }

  async function timingOut(shop: TripConsole): Promise<Operation> {
    const { connectionId } = await shop.console.paymentSplit();
    const id = serviceId(connectionId, 'shop', 'payment');
    const forms = await shop.console.client.protections.forms({ serviceId: id });
    const form = forms.find(({ title }) => /route “default”/.test(title));
    if (form === undefined)
      throw new Error(`no form of the route: ${forms.map(({ title }) => title).join()}`);
    const { id: formId, revision } = form;
    const values = { timeout: '300ms' };
    return { kind: 'setProtections', connectionId, serviceId: id, formId, revision, values };
  }

  async function tripping(shop: TripConsole): Promise<Operation> {
    const { connectionId } = await shop.console.paymentSplit();
    const host = 'catalog.shop.svc.cluster.local';
    const call = { calleeId: serviceId(connectionId, 'shop', 'catalog'), host, caller: null };
    const mechanism = { kind: 'refuse' as const, status: 503 };
    return { kind: 'trip', connectionId, call, mechanism, forSeconds: 300 };
  }

  const catalog = () => ask(envoys.edge.url, shopHost, '/catalog');
  const pays = () => ask(envoys.edge.url, paymentHost);

  test('writes three changes in order, two of them in one document, each felt by callers, and is taken back whole', async () => {
    const before = await restorable(peers);
    await using shop = await openTrips(peers);
    const { client } = shop.console;
    const operations = [await weighing(shop, [50, 50]), await timingOut(shop), await tripping(shop)];
    const planned = await client.operations.planSet({ operations });
    expect(planned.problems).toEqual([]);
    const { id, set } = await apply(shop, planned.plans);
    expect(set.items.map(({ state, error }) => [state, error])).toEqual(Array(3).fill(['written', null]));
    await waitForLoaded(peers, 50, 50);
    await waitFor(
      'refusals',
      { limitMs: 15_000 },
      async () => (await catalog()).body === 'fault filter abort',
    );
    const share = await expectShare(0.5, 400);
    for (const one of ['payment-v1', 'payment-v2']) await setMode(peers, one, { delayMs: 1_000 });
    await waitFor('a time-out', { limitMs: 15_000 }, async () => (await pays()).status === 504);
    for (const one of ['payment-v1', 'payment-v2']) await setMode(peers, one, calm);

    const back = await client.operations.planUndoSet({ setId: id });
    expect(back.problems).toEqual([]);
    const undone = await apply(shop, back.plans);
    expect(undone.set.items.map(({ state, error }) => [state, error])).toEqual(
      Array(3).fill(['written', null]),
    );
    expect(await restorable(peers)).toEqual(before);
    await waitForLoaded(peers, 70, 30);
    await waitFor('the catalog again', { limitMs: 15_000 }, async () => (await catalog()).by === 'catalog');
    const again = await expectShare(0.3, 400);
    noteFigure(peers, 'guided', `change set of three: v2 had ${share}; taken back: ${again}`);
  }, 180_000);

  test('stops at the first change that somebody overtook, says what was written, and takes that back', async () => {
    const before = await restorable(peers);
    await using shop = await openTrips(peers);
    const { client } = shop.console;
    const operations = [await tripping(shop), await weighing(shop, [50, 50]), await timingOut(shop)];
    const { plans } = await client.operations.planSet({ operations });
    expect((await writeWeights(peers, 60, 40)).status).toBe(200);
    const { id, set } = await apply(shop, plans);
    expect(set.items.map(({ state }) => state)).toEqual(['written', 'stopped', 'leftOut']);
    expect(set.items[1]?.error).toMatch(/Someone else changed VirtualService shop\/payment meanwhile/);
    await waitFor(
      'refusals',
      { limitMs: 15_000 },
      async () => (await catalog()).body === 'fault filter abort',
    );
    const back = await client.operations.planUndoSet({ setId: id });
    expect(back.plans).toHaveLength(1);
    await apply(shop, back.plans);
    await waitFor('the catalog again', { limitMs: 15_000 }, async () => (await catalog()).by === 'catalog');
    // Theirs stays.
    expect((await readPayment(peers)).spec.http[0]?.route.map(({ weight }) => weight)).toEqual([60, 40]);
    await writeWeights(peers, 70, 30);
    expect(await restorable(peers)).toEqual(before);
    const { status } = await clientFor(peers, 'admin').call(
      '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/podium-trip-catalog',
    );
    expect(status).toBe(404);
  }, 120_000);
});

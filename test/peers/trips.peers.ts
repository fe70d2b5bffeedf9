import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rungOf } from './console.ts';
import { readCoordinates } from './coordinates.ts';
import { withFrozenIstiod, withPoisonedRoutes } from './faults.ts';
import { noteFigure } from './figures.ts';
import { clientFor, paymentCounts, setLoad } from './measure.ts';
import { restorable, restoreWeights, usualLoad } from './payment.ts';
import { waitFor } from './start/processes.ts';
import { shopHost } from './start/shop.ts';
import { ask, askBoth, clearTrips, openTrips, refused, served, waitForAnswers } from './tripsShop.ts';

const peers = readCoordinates();
const refuse = { kind: 'refuse' as const, status: 503 };
const { envoys } = peers;
if (envoys === null) throw new Error('this run has no mesh');

beforeEach(async () => {
  await restoreWeights(peers);
  await setLoad(peers, 80);
});
afterEach(async () => {
  await clearTrips(peers);
  await restoreWeights(peers);
  await setLoad(peers, usualLoad);
});

describe('a trip on the real mesh', () => {
  test('refuses every caller with the injected 503 while it is held, and ended, all is as before', async () => {
    const before = await restorable(peers);
    await using trips = await openTrips(peers);
    const plan = await trips.plan('payment', refuse);
    expect(plan.guards.filter(({ verdict }) => verdict === 'block')).toEqual([]);
    const record = await trips.apply(plan);
    expect(record.state).toBe('written');
    const writtenAt = Date.now();
    await waitForAnswers(peers, 'refusals', { edge: refused, order: refused });
    const took = Date.now() - writtenAt;
    const still = await paymentCounts(peers);
    const seen = await trips.measured(record.id);
    expect(rungOf(seen, 'declared').state).toBe('seen');
    expect(rungOf(seen, 'measured')).toMatchObject({
      state: 'seen',
      detail: expect.stringMatching(/^100/) as unknown,
    });
    expect(await paymentCounts(peers), 'no payment reaches the service').toEqual(still);
    noteFigure(
      peers,
      'trips',
      `refused: both proxies within ${took} ms; Podium: “${rungOf(seen, 'measured').detail}”`,
    );

    const end = await trips.end(record.id);
    await waitForAnswers(peers, 'payments again', { edge: served, order: served });
    expect(await restorable(peers)).toEqual(before);
    const back = await trips.measured(end.id);
    expect(rungOf(back, 'measured').state).toBe('seen');
    noteFigure(peers, 'trips', `ended: “${rungOf(back, 'measured').detail}”`);
  }, 240_000);

  test('refuses one caller and serves the others', async () => {
    const before = await restorable(peers);
    await using trips = await openTrips(peers);
    const record = await trips.apply(await trips.plan('payment', refuse, { caller: 'order' }));
    await waitForAnswers(peers, 'refusals for order alone', { edge: served, order: refused });
    const seen = await trips.measured(record.id);
    expect(rungOf(seen, 'measured').state).toBe('seen');
    noteFigure(peers, 'trips', `one caller: “${rungOf(seen, 'measured').detail}”`);
    await trips.end(record.id);
    await waitForAnswers(peers, 'payments again', { edge: served, order: served });
    expect(await restorable(peers)).toEqual(before);
  }, 240_000);

  test('diverts to another service, which answers in its place', async () => {
    await using trips = await openTrips(peers);
    const to = { kind: 'service' as const, host: 'catalog.shop.svc.cluster.local', subset: null };
    const record = await trips.apply(await trips.plan('payment', { kind: 'divert', to }));
    const byCatalog = ({ by }: { by: string | null }) => by === 'catalog';
    await waitForAnswers(peers, 'answers by catalog', { edge: byCatalog, order: byCatalog });
    const seen = await trips.measured(record.id);
    expect(rungOf(seen, 'measured').state).toBe('seen');
    noteFigure(peers, 'trips', `diverted: “${rungOf(seen, 'measured').detail}”`);
    await trips.end(record.id);
    await waitForAnswers(peers, 'payments again', { edge: served, order: served });
  }, 240_000);

  test('gives a fixed answer, which no program has to give', async () => {
    await using trips = await openTrips(peers);
    const to = { kind: 'answer' as const, status: 200, body: '{"app":"nobody"}' };
    const record = await trips.apply(await trips.plan('payment', { kind: 'divert', to }));
    const fixed = ({ by, status }: { by: string | null; status: number }) =>
      by === 'nobody' && status === 200;
    await waitForAnswers(peers, 'the fixed answer', { edge: fixed, order: fixed });
    const seen = await trips.measured(record.id);
    expect(rungOf(seen, 'measured').state).toBe('seen');
    noteFigure(peers, 'trips', `fixed answer: “${rungOf(seen, 'measured').detail}”`);
    await trips.end(record.id);
    await waitForAnswers(peers, 'payments again', { edge: served, order: served });
  }, 240_000);

  test('denies by a policy: 403 for whoever comes anew', async () => {
    await using trips = await openTrips(peers);
    const plan = await trips.plan('edge', { kind: 'deny' });
    expect(plan.changes.map(({ document }) => document.kind)).toEqual(['AuthorizationPolicy']);
    const record = await trips.apply(plan);
    const way = () => ask(envoys.edge.url, shopHost, '/catalog');
    await waitFor('a denial', { limitMs: 10_000 }, async () => (await way()).status === 403);
    expect((await way()).body).toBe('RBAC: access denied');
    const seen = await trips.measured(record.id);
    expect(rungOf(seen, 'measured')).toMatchObject({
      state: 'seen',
      detail: expect.stringMatching(/counted by its own proxies$/) as unknown,
    });
    noteFigure(peers, 'trips', `denied: “${rungOf(seen, 'measured').detail}”`);
    const end = await trips.end(record.id);
    await waitFor('the shop again', { limitMs: 10_000 }, async () => (await way()).status === 200);
    const back = await trips.measured(end.id);
    expect(rungOf(back, 'measured').state).toBe('seen');
    noteFigure(peers, 'trips', `denied no more: “${rungOf(back, 'measured').detail}”`);
    const { body } = await clientFor(peers, 'admin').call(
      '/apis/security.istio.io/v1/namespaces/shop/authorizationpolicies',
    );
    expect((body as { items: unknown[] }).items).toEqual([]);
  }, 240_000);

  test('refuses at the gateway’s own route too, where that leads to the service', async () => {
    await using trips = await openTrips(peers);
    const record = await trips.apply(await trips.plan('order', refuse));
    const way = (path: string) => ask(envoys.edge.url, shopHost, path);
    await waitFor('a refusal', { limitMs: 10_000 }, async () => refused(await way('/checkout')));
    expect((await way('/catalog')).by).toBe('catalog');
    expect(record.changes.map(({ document, action }) => [document.name, action])).toEqual([
      ['shop', 'patch'],
      ['podium-trip-order', 'create'],
    ]);
    await trips.end(record.id);
    await waitFor(
      'checkouts again',
      { limitMs: 10_000 },
      async () => (await way('/checkout')).by === 'order',
    );
    const { status } = await clientFor(peers, 'admin').call(
      '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/podium-trip-order',
    );
    expect(status).toBe(404);
  }, 120_000);
});

describe('a trip that does not reach the traffic', () => {
  test('is not called seen while istiod is frozen, and callers go on being served', async () => {
    await using trips = await openTrips(peers);
    await using _frozen = await withFrozenIstiod(peers);
    const record = await trips.apply(await trips.plan('payment', refuse));
    const told = await trips.measured(record.id);
    expect(rungOf(told, 'declared').state).toBe('seen');
    expect(rungOf(told, 'loaded').state).not.toBe('seen');
    expect(rungOf(told, 'measured').state).toBe('contradicted');
    expect(await askBoth(peers)).toMatchObject({ edge: { status: 200 }, order: { status: 200 } });
    noteFigure(peers, 'trips', `istiod frozen: “${rungOf(told, 'measured').detail}”`);
    await trips.end(record.id);
  }, 240_000);

  test('is contradicted where the proxies refuse the routes', async () => {
    await using trips = await openTrips(peers);
    await using _poisoned = await withPoisonedRoutes(peers);
    const record = await trips.apply(await trips.plan('payment', refuse));
    const told = await trips.console.follow(
      record.id,
      (now) => rungOf(now, 'measured').state !== 'waiting' && rungOf(now, 'loaded').state !== 'waiting',
      120_000,
    );
    expect(rungOf(told, 'loaded').state).toBe('contradicted');
    expect(rungOf(told, 'measured').state).toBe('contradicted');
    expect(await askBoth(peers)).toMatchObject({ edge: { status: 200 }, order: { status: 200 } });
    noteFigure(peers, 'trips', `routes refused by Envoy: “${rungOf(told, 'loaded').detail}”`);
    await trips.end(record.id);
  }, 240_000);
});

describe('two Podiums', () => {
  test('race for one document: one trips it, the other is told, and either sees and ends it', async () => {
    const before = await restorable(peers);
    await using one = await openTrips(peers);
    await using two = await openTrips(peers);
    const plans = await Promise.all([
      one.plan('payment', refuse),
      two.plan('payment', refuse, { caller: 'order' }),
    ]);
    const records = await Promise.all([one.apply(plans[0]), two.apply(plans[1])]);
    expect(records.map(({ state }) => state).sort()).toEqual(['notWritten', 'written']);
    const lost = records.find(({ state }) => state === 'notWritten');
    expect(lost?.error).toMatch(/Someone else changed VirtualService shop\/payment meanwhile/);
    const [winner, loser] = records[0].state === 'written' ? [one, two] : [two, one];
    const [trip] = await loser.held((all) => all.length > 0);
    if (trip === undefined) throw new Error('no trip');
    const end = await loser.apply(await loser.planEnd(trip));
    expect(end.state).toBe('written');
    expect(await winner.held((all) => all.length === 0)).toEqual([]);
    expect(await restorable(peers)).toEqual(before);
    const written = records.find(({ state }) => state === 'written');
    const known = await winner.console.follow(
      written?.id ?? '',
      ({ hold }) => hold?.state === 'ended',
      30_000,
    );
    expect(known.hold?.note).toMatch(/before its deadline/);
  }, 120_000);
});

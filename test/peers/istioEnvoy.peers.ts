import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import {
  type EnvoysUnderTest,
  envoyTripsConformance,
  inMemory,
  runtimeOf,
  setByHand,
} from '../conformance/envoyTrips.ts';
import { bindRoles } from '../support/bindRoles.ts';
import { openConsole, rungOf } from './console.ts';
import { readCoordinates } from './coordinates.ts';
import { withFrozenIstiod } from './faults.ts';
import { noteFigure } from './figures.ts';
import { clientFor, setLoad } from './measure.ts';
import { restoreWeights, usualLoad } from './payment.ts';
import { ask, openTrips } from './tripsShop.ts';
import { serviceId } from '../../shared/analysis/entityIds.ts';
import { waitFor } from './start/processes.ts';

const peers = readCoordinates();
if (peers.envoys === null) throw new Error('this run has no mesh');

beforeEach(() => restoreWeights(peers));
afterEach(async () => {
  await restoreWeights(peers);
  await clearRuntimes();
});
afterAll(() => setLoad(peers, usualLoad));

const envoyOf = (sources: readonly { readonly connector: string; readonly detail: string }[]) =>
  sources.find(({ connector }) => connector === 'envoy')?.detail;

test('proxies are found beside applications, and prove by port-forward that a shift is loaded', async () => {
  await using console = await openConsole(peers);
  const state = await console.open('admin', {}, ({ sources }) => envoyOf(sources) !== undefined);
  expect(envoyOf(state.sources)).toMatch(/^2 proxies beside applications, by port-forward/);
  const operationId = await console.apply(await console.plan([40, 60]));
  const record = await console.follow(operationId, (one) => rungOf(one, 'loaded').state !== 'waiting');
  expect(rungOf(record, 'loaded')).toMatchObject({
    state: 'seen',
    detail: '2 of 2 callers’ proxies hold it, read from Envoy itself',
  });
  const took = (rungOf(record, 'loaded').at ?? NaN) - record.at;
  noteFigure(
    peers,
    'istioEnvoy',
    `a shift was held by 2 of 2 proxies, read by port-forward, after ${took} ms`,
  );
}, 120_000);

test('a shift that istiod does not pass on is not called loaded', async () => {
  await using console = await openConsole(peers);
  await console.open('admin', {}, ({ sources }) => envoyOf(sources) !== undefined);
  const plan = await console.plan([40, 60]);
  await using _frozen = await withFrozenIstiod(peers);
  const operationId = await console.apply(plan);
  const record = await console.follow(operationId, (one) => /hold/.test(rungOf(one, 'loaded').detail));
  expect(rungOf(record, 'loaded').state).toBe('waiting');
  expect(rungOf(record, 'loaded').detail).toMatch(/0 of 2 callers’ proxies hold it/);
}, 120_000);

test('who may not port-forward is told what cannot be seen for it', async () => {
  await using console = await openConsole(peers);
  const state = await console.open('viewer', {}, ({ sources }) => envoyOf(sources) !== undefined);
  expect(envoyOf(state.sources)).toMatch(/You may not port-forward to pods/);
}, 60_000);

test('who has the documented role for it proves a shift by the proxies themselves', async () => {
  const admin = clientFor(peers, 'admin');
  const group = '/apis/rbac.authorization.k8s.io/v1/namespaces/shop';
  await bindRoles(
    {
      namespace: 'shop',
      async call(method, path, body) {
        const answer = await admin.call(path, { method, ...(body === undefined ? {} : { body }) });
        if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status}`);
        return answer.body;
      },
    },
    ['proxies'],
  );
  try {
    await using console = await openConsole(peers);
    const state = await console.open(
      'shop-operator',
      { namespaces: ['shop'] },
      ({ sources }) => envoyOf(sources) !== undefined,
    );
    expect(envoyOf(state.sources)).toMatch(/by port-forward to their pods$/);
    const operationId = await console.apply(await console.plan([40, 60]));
    const record = await console.follow(operationId, (one) => rungOf(one, 'loaded').state !== 'waiting');
    expect(rungOf(record, 'loaded')).toMatchObject({
      state: 'seen',
      detail: '2 of 2 callers’ proxies hold it, read from Envoy itself',
    });
  } finally {
    for (const plural of ['rolebindings', 'roles'])
      await admin.call(`${group}/${plural}/proxies-shop-operators`, { method: 'DELETE' });
  }
}, 120_000);

const paymentHost = 'payment.shop.svc.cluster.local';

/** Ten new connections of one caller at once, and what the caller got. */
async function answersTo(caller: 'order' | 'edge') {
  if (peers.envoys === null) throw new Error('this run has no mesh');
  const { url } = peers.envoys[caller];
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(url, paymentHost)));
  const refused = answers.filter(({ status, body }) => status === 503 && body.includes('overflow')).length;
  const served = answers.filter(({ status, by }) => status === 200 && by === 'payment').length;
  return { served, refused };
}

/** A test that failed leaves nothing to the next one. */
async function clearRuntimes(): Promise<void> {
  if (peers.envoys === null) return;
  for (const { adminUrl } of [peers.envoys.order, peers.envoys.edge])
    for (const key of Object.keys(await runtimeOf(adminUrl))) await setByHand(adminUrl, key, '');
}

function envoysUnderTest(): Promise<EnvoysUnderTest> {
  if (peers.envoys === null) throw new Error('this run has no mesh');
  const { order, edge } = peers.envoys;
  return Promise.resolve({
    addresses: { order: order.adminUrl, edge: edge.adminUrl },
    call: {
      calleeId: 'conformance/shop/payment',
      host: paymentHost,
      caller: { id: 'conformance/shop/order', namespace: 'shop', name: 'order' },
    },
    answersTo,
    [Symbol.asyncDispose]: clearRuntimes,
  });
}

envoyTripsConformance('the Envoys of the mesh', envoysUnderTest, 60_000);

test('by port-forward a trip in a proxy’s memory is offered, agreed to, measured and ended', async () => {
  await using shop = await openTrips(peers, { sources: ['istio', 'prometheus', 'envoy'] });
  const { client } = shop.console;
  const plan = await shop.plan('payment', inMemory, { caller: 'order' });
  expect(plan.title).toBe('Trip order → payment: refused by the memory of 1 proxy for 5 min');
  const { connectionId } = plan.operation;
  const call = await waitFor('the call to be on the map', { limitMs: 20_000 }, async () => {
    const [place] = await client.trips.places({
      calleeId: serviceId(connectionId, 'shop', 'payment'),
      callerId: serviceId(connectionId, 'shop', 'order'),
    });
    return place?.call ?? null;
  });
  const options = await client.trips.options({ connectionId, call });
  expect(options.find(({ mechanism }) => mechanism === 'runtime')).toMatchObject({ unavailable: null });
  expect(options[0]?.mechanism).toBe('refuse');

  const from = Date.now();
  const record = await shop.apply(plan);
  await waitFor('every call of order to be refused', { limitMs: 5_000 }, async () =>
    (await answersTo('order')).refused === 10 ? true : null,
  );
  noteFigure(
    peers,
    'istioEnvoy',
    `a trip in the memory of order’s proxy refused each of its calls ${Date.now() - from} ms after it was asked for`,
  );
  expect((await answersTo('edge')).served).toBe(10);
  const loaded = await shop.console.follow(record.id, (one) => rungOf(one, 'loaded').state === 'seen');
  expect(rungOf(loaded, 'loaded').detail).toBe('1 of 1 caller’s proxy holds it, read from Envoy itself');
  expect(rungOf(await shop.measured(record.id), 'measured')).toMatchObject({ state: 'seen' });
  const [trip] = await shop.held((trips) => trips.length > 0);
  expect(trip).toMatchObject({ mechanism: { kind: 'runtime' }, operationId: record.id });
  await shop.end(record.id);
  await waitFor('every call of order to be served', { limitMs: 5_000 }, async () =>
    (await answersTo('order')).served === 10 ? true : null,
  );
  await shop.held((trips) => trips.length === 0);
  expect(await runtimeOf(peers.envoys?.order.adminUrl ?? '')).toEqual({});
}, 180_000);

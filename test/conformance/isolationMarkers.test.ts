import { expect, test } from 'vitest';
import { openCluster, paths, realClock } from './cluster.ts';
import { host, marker, open, to, virtualService } from './isolationShop.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';
import { callTo, createShop, endOf, heldIn, hold, isolationOf, read, tripOf } from './tripSteps.ts';
import { ready, signal, splitOf } from './weights.ts';

test('a marker that is nonsense is told and crashes nothing; what is readable beside it is held', async () => {
  const held = JSON.stringify([
    marker(),
    { operationId: 7 },
    marker({ operationId: 'op-8', routes: ['default'] }),
    null,
  ]);
  await using shop = await open(
    virtualService('inventory', { hosts: ['inventory'], http: [to('inventory')] }, held),
    virtualService('order', { hosts: ['order'], http: [to('order')] }, '{not json'),
  );
  const trips = await heldIn(shop.mesh, (all) => all.length > 0);
  expect(trips.map(({ id, by }) => [id, by])).toEqual([[`op-9@${host('inventory')}`, 'someone']]);
  for (const name of ['inventory', 'order']) {
    const documents = await shop.mesh.documents?.read(
      { namespace: 'shop', name, hosts: [host(name)] },
      signal,
    );
    const rules = documents?.flatMap(({ findings }) => findings.map(({ rule }) => rule));
    expect(rules, name).toContain('held-unreadable');
  }
});

test('an entry of a marker that cannot be read here is kept by a trip beside it, and by its end', async () => {
  const later = { ...marker({ operationId: 'op-of-a-later-podium' }), mechanism: { kind: 'slowDown' } };
  const more = { ...marker(), note: 'a field of a later Podium' };
  const held = JSON.stringify([later, more]);
  const path = `${paths('shop').virtualServices}/inventory`;
  await using shop = await open(
    virtualService('inventory', { hosts: ['inventory'], http: [to('inventory')] }, held),
  );
  const plan = await shop.control.plan(tripOf(callTo(shop.cluster, 'inventory')), signal);
  const write = await hold(shop.control, plan);
  const entries = async (): Promise<unknown> =>
    JSON.parse((await read(shop.cluster, path)).metadata.annotations?.['podium.dev/held'] ?? 'null');
  expect(await entries()).toEqual([later, more, expect.objectContaining({ operationId: 'op-1' })]);
  const back = await shop.control.planUndo(tripOf(callTo(shop.cluster, 'inventory')), write.changes, signal);
  await shop.control.apply(back, signal);
  expect(await entries()).toEqual([later, more]);
});

test('a trip that its marker could not hold is refused, for nobody could end it', async () => {
  const http = Array.from({ length: 402 }, (_, i) => ({
    match: [{ uri: { prefix: `/${i}` } }],
    ...to(i % 2 === 0 ? 'inventory' : 'order'),
  }));
  await using shop = await open(virtualService('edge', { hosts: ['inventory', 'order'], http }));
  await expect(shop.control.plan(tripOf(callTo(shop.cluster, 'inventory')), signal)).rejects.toThrow(
    /would need 20[12] routes for this trip/,
  );
});

test('what was written on another connection is neither read back nor taken back through this one', async () => {
  await using shop = await open();
  const operation = tripOf(callTo(shop.cluster, 'payment'));
  const { changes } = await shop.control.plan(operation, signal);
  const elsewhere = changes.map((change) => ({
    ...change,
    document: { ...change.document, connectionId: 'elsewhere' },
  }));
  expect(elsewhere).toHaveLength(1);
  for (const change of elsewhere)
    await expect(shop.control.verify(change, signal)).rejects.toThrow(/another connection/);
  await expect(shop.control.planUndo(operation, elsewhere, signal)).rejects.toThrow(/another connection/);
});

test('a marker can name no route but those of trips, so that ending one takes nothing else away', async () => {
  const held = JSON.stringify([marker({ routes: ['podium-trip-inventory-9-1'] })]);
  const trip = {
    name: 'podium-trip-inventory-9-1',
    fault: { abort: { httpStatus: 503, percentage: { value: 100 } } },
    ...to('inventory'),
  };
  await using shop = await open(
    virtualService(
      'inventory',
      { hosts: ['inventory'], http: [trip, { name: 'default', ...to('inventory') }] },
      held,
    ),
  );
  const [found] = await heldIn(shop.mesh, (all) => all.length > 0);
  if (found === undefined) throw new Error('no trip');
  const end = await shop.control.plan(endOf(found), signal);
  await shop.control.apply(end, signal);
  const left = await read(shop.cluster, `${paths('shop').virtualServices}/inventory`);
  expect(left.spec.http).toEqual([{ name: 'default', ...to('inventory') }]);
  expect(left.metadata.annotations).toBeUndefined();
});

test('a trip whose document was deleted and made anew with the same routes is not read back as written', async () => {
  await using shop = await open();
  const written = await hold(
    shop.control,
    await shop.control.plan(tripOf(callTo(shop.cluster, 'payment')), signal),
  );
  const [change] = written.changes;
  if (change === undefined) throw new Error('no change');
  expect(await shop.control.verify(change, signal)).toMatchObject({ state: 'after' });
  const path = `${paths('shop').virtualServices}/payment`;
  const { spec, metadata } = await read(shop.cluster, path);
  await shop.cluster.call('DELETE', path);
  shop.cluster.store.put(virtualService('payment', spec, metadata.annotations?.['podium.dev/held']));
  expect(await shop.control.verify(change, signal)).toMatchObject({
    state: 'else',
    detail: 'The document was deleted and made anew.',
  });
});

test('a trip’s times stand in its marker by the server’s clock, wherever this machine’s is', async () => {
  await using cluster = await startSimulatedCluster();
  await createShop(cluster);
  const aheadMs = 3_600_000;
  const now = () => Date.now() + aheadMs;
  await using opened = await openCluster(cluster.settings, { ...realClock, now });
  await splitOf(opened.mesh, cluster.namespace, ready);
  const control = isolationOf(opened.mesh);
  // The server tells its time in whole seconds.
  const began = Date.now() - 2_000;
  const server = control.serverNow() ?? 0;
  expect(server).toBeGreaterThan(began);
  expect(server).toBeLessThan(Date.now() + 2_000);
  const plan = await control.plan(tripOf(callTo(cluster, 'payment')), signal);
  const stamp = { operationId: 'op-1', by: 'jo', reason: '', at: now(), until: now() + 300_000 };
  await control.apply(control.stamp?.(plan, stamp) ?? plan, signal);
  const [trip] = await heldIn(opened.mesh, (all) => all.length > 0);
  expect(trip?.since).toBeGreaterThan(began);
  expect(trip?.since).toBeLessThan(Date.now() + 2_000);
  expect(trip?.until).toBeGreaterThan(began + 300_000);
  expect(trip?.until).toBeLessThan(Date.now() + 302_000);
});

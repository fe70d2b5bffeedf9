import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { readPayment, virtualServicePath, writeWeights } from './payment.ts';
import { type OwnCluster, startOwnCluster } from './start/ownCluster.ts';
import { waitFor } from './start/processes.ts';
import { openTrips } from './tripsShop.ts';
import { errorOf, mapOf, splitOf } from './watched.ts';

const run = readCoordinates();
const refuse = { kind: 'refuse' as const, status: 503 };
const mesh = { sources: ['istio'] };
let cluster: OwnCluster;

beforeAll(async () => {
  cluster = await startOwnCluster(run);
}, 120_000);
afterAll(() => cluster[Symbol.asyncDispose]());

const weightsNow = async () => {
  const route = (await readPayment(cluster.peers)).spec.http[0]?.route;
  return route?.map(({ weight }) => weight);
};
const held = async () =>
  (await readPayment(cluster.peers)).metadata.annotations?.['podium.dev/held'] !== undefined;
const theMoment = (at: number) =>
  waitFor('a moment', { limitMs: 60_000 }, () => Promise.resolve(Date.now() >= at));

test('an API server that restarts under live watches empties nothing, and a trip due meanwhile is ended', async () => {
  const { peers } = cluster;
  await using trips = await openTrips(peers, mesh);
  const { console } = trips;
  const names = await mapOf(console, (all) => all.includes('payment'));
  await splitOf(console, [70, 30]);
  const { id } = await trips.apply(await trips.plan('payment', refuse, { forSeconds: 30 }));
  const due = Date.now() + 30_000;
  expect(await held()).toBe(true);
  const seen = await splitOf(console, [70, 30]);

  await cluster.stopApiServer();
  const words = await errorOf(console, (error) => error !== null);
  expect(words).toMatch(/127\.0\.0\.1:6543/);
  expect(await mapOf(console, (all) => all.length > 0)).toEqual(names);
  expect((await splitOf(console, [70, 30])).id).toBe(seen.id);
  await expect(console.plan([80, 20], seen)).rejects.toThrow(/127\.0\.0\.1:6543/);
  await theMoment(due + 2_000);

  await cluster.startApiServer();
  const upAt = Date.now();
  await waitFor('the trip to end', { limitMs: 60_000 }, async () => !(await held()));
  noteFigure(
    run,
    'restarts',
    `API server away at the deadline: trip ended ${Date.now() - upAt} ms after it was back`,
  );
  const record = await console.follow(id, ({ hold }) => hold?.state === 'ended', 30_000);
  expect(record.hold?.note).toMatch(/\S/);
  await errorOf(console, (error) => error === null);

  // What was seen before the restart is not written over what came after.
  expect((await writeWeights(peers, 60, 40)).status).toBe(200);
  await splitOf(console, [60, 40]);
  const stale = await console.plan([80, 20], seen);
  expect(stale.threeWay).toMatchObject({ seen: [70, 30], now: [60, 40], wanted: [80, 20] });
  await expect(console.apply(stale)).rejects.toThrow(/Not applied/);
  expect(await weightsNow()).toEqual([60, 40]);
  expect(await mapOf(console, (all) => all.length > 0)).toEqual(names);
  await writeWeights(peers, 70, 30);
}, 240_000);

test('a server restored from an older snapshot is followed back, nothing stale is written, and trips end when due', async () => {
  const { peers, admin } = cluster;
  await using trips = await openTrips(peers, mesh);
  const { console } = trips;
  const names = await mapOf(console, (all) => all.includes('payment'));
  // One trip that the snapshot has, and one that it has not.
  const kept = await trips.apply(await trips.plan('catalog', refuse, { forSeconds: 90 }));
  const keptDue = Date.now() + 90_000;
  await cluster.saveData();
  await errorOf(console, (error) => error === null);
  const lost = await trips.apply(await trips.plan('inventory', refuse, { forSeconds: 90 }));
  expect([kept.state, lost.state]).toEqual(['written', 'written']);

  const before = await readPayment(peers);
  await writeWeights(peers, 95, 5);
  for (let index = 0; index < 200; index += 1) await admin.apply(filler(index));
  await admin.apply(lateService);
  await mapOf(console, (all) => all.includes('late'));
  await writeWeights(peers, 90, 10);
  const seen = await splitOf(console, [90, 10]);
  const plan = await console.plan([50, 50], seen);
  expect(Number(seen.revision)).toBeGreaterThan(Number(before.metadata.resourceVersion) + 200);

  await cluster.restoreData();
  const upAt = Date.now();
  expect((await readPayment(peers)).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  const back = await splitOf(console, [70, 30]);
  expect(back.revision).toBe(before.metadata.resourceVersion);
  expect(await mapOf(console, (all) => !all.includes('late'))).toEqual(names);
  noteFigure(
    run,
    'restarts',
    `restored from an older snapshot: split and map of the past after ${Date.now() - upAt} ms`,
  );

  const refused = await console.follow(await console.apply(plan), ({ state }) => state !== 'writing');
  expect(refused).toMatchObject({
    state: 'notWritten',
    error: expect.stringMatching(/changed VirtualService shop\/payment meanwhile/) as unknown,
  });
  const again = await console.plan([50, 50], seen);
  expect(again.threeWay).toMatchObject({ seen: [90, 10], now: [70, 30], wanted: [50, 50] });
  await expect(console.apply(again)).rejects.toThrow(/Not applied/);
  expect(await readPayment(peers)).toEqual(before);
  // The watch goes on from the past.
  await writeWeights(peers, 75, 25);
  await splitOf(console, [75, 25]);

  const isThere = async (callee: string) =>
    (await admin.call(virtualServicePath.replace(/payment$/, `podium-trip-${callee}`))).status === 200;
  expect(await isThere('inventory')).toBe(false);
  if (Date.now() < keptDue - 2_000) expect(await isThere('catalog')).toBe(true);
  await theMoment(keptDue);
  await waitFor('the trip to end', { limitMs: 30_000 }, async () => !(await isThere('catalog')));
  noteFigure(
    run,
    'restarts',
    `a trip older than the snapshot: ended ${Date.now() - keptDue} ms after its deadline`,
  );
  const ended = await console.follow(kept.id, ({ hold }) => hold?.state === 'ended', 30_000);
  const gone = await console.follow(lost.id, ({ hold }) => hold?.state === 'ended', 60_000);
  expect(ended.hold?.note).not.toBe('');
  expect(gone.hold?.note).toMatch(/before/);
  expect(await isThere('inventory')).toBe(false);
  await writeWeights(peers, 70, 30);
}, 300_000);

const filler = (index: number) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `filler-${index}`, namespace: 'shop' },
});
const lateService = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'late', namespace: 'shop' },
  spec: { selector: { app: 'late' }, ports: [{ name: 'http', port: 8080 }] },
};

import { expect, test } from 'vitest';
import { startSimulatedCluster, type SimulatedCluster } from '../conformance/simulatedCluster.ts';
import { createFakeClock } from '../support/memoryPorts.ts';
import type { KubeObject } from '../../shared/rehearsal/kube/store.ts';
import {
  eventually,
  follow,
  type Follower,
  isList,
  isWatch,
  pass,
  putService,
  removeService,
  watching,
} from './watchHarness.ts';

const service = (cluster: SimulatedCluster, name: string): KubeObject => {
  const found = cluster.store.get('services', cluster.namespace, name);
  if (found === undefined) throw new Error(`there is no Service ${name}`);
  return found;
};

const asks = (cluster: SimulatedCluster): string[] =>
  cluster.server.requests
    .filter(({ verb }) => verb === 'list' || verb === 'watch')
    .map((request) => (isWatch(request) ? 'watch' : isList(request) ? 'list' : 'revision'));

test('W07 a server that comes back from an older snapshot is listed anew, and what it lost is told as deleted', async () => {
  await using cluster = await startSimulatedCluster();
  for (const name of ['catalog', 'ledger']) putService(cluster, name);
  await using here = await follow(cluster);
  await watching(cluster);
  const snapshot = cluster.store.snapshot();
  putService(cluster, 'refunds');
  putService(cluster, 'ledger', 81);
  await eventually(() => expect(here.names()).toEqual(['catalog', 'ledger', 'refunds']));
  here.told.length = 0;
  cluster.server.faults.add({ kind: 'reset' }, () => true, 2);
  cluster.server.faults.cutWatches('reset');
  cluster.store.restore(snapshot);
  await here.agrees();
  expect(here.told.sort()).toEqual(['deleted refunds', 'modified ledger']);
  expect(asks(cluster).filter((ask) => ask === 'list')).toHaveLength(2);
  // What comes after is heard, though its revision was given once before.
  await watching(cluster);
  putService(cluster, 'order');
  await here.agrees();
  expect(here.names()).toEqual(['catalog', 'ledger', 'order']);
});

test('W07 a server that comes back as it was is not listed again', async () => {
  await using cluster = await startSimulatedCluster();
  putService(cluster, 'catalog');
  await using here = await follow(cluster);
  await watching(cluster);
  cluster.server.faults.add({ kind: 'reset' }, () => true, 2);
  cluster.server.faults.cutWatches('reset');
  putService(cluster, 'order');
  await here.agrees();
  expect(asks(cluster).filter((ask) => ask === 'list')).toHaveLength(1);
  expect(here.told).toEqual(['added catalog', 'added order']);
});

test('W07 a watch that goes on in silence after a restore is found out by its missing bookmarks', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ bookmarkEveryMs: 20 });
  for (const name of ['catalog', 'ledger']) putService(cluster, name);
  const snapshot = cluster.store.snapshot();
  putService(cluster, 'refunds');
  await using here = await follow(cluster, { clock });
  await watching(cluster);
  await clock.advance(6_000);
  await eventually(() => expect(here.view.health.at).toBe(clock.now()));
  // Everything between says "all is as it was": a proxy in front kept the connection, or the check came too early.
  cluster.server.faults.silenceWatches();
  cluster.store.restore(snapshot);
  await pass(clock, 200_000, 5_000);
  await here.agrees();
  expect(here.names()).toEqual(['catalog', 'ledger']);
});

test('W07 a new watch that is silent from the first is found out where its server sends bookmarks', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ bookmarkEveryMs: 20 });
  putService(cluster, 'catalog');
  await using here = await follow(cluster, { clock });
  await watching(cluster);
  await clock.advance(6_000);
  await eventually(() => expect(here.view.health.at).toBe(clock.now()));
  const brokenAt = clock.now();
  cluster.server.faults.add({ kind: 'silentWatch' }, isWatch);
  cluster.server.faults.cutWatches('end');
  await eventually(() => expect(cluster.server.requests.filter(isWatch)).toHaveLength(2));
  putService(cluster, 'refunds');
  await pass(clock, 170_000, 5_000);
  await eventually(async () => {
    await clock.advance(1_000);
    expect(here.names()).toEqual(['catalog', 'refunds']);
  });
  // The time limit of the watch would have ended it too, after five minutes at the earliest.
  expect(clock.now() - brokenAt).toBeLessThan(300_000);
});

for (const [title, tell] of [
  [
    'by the HTTP status',
    (cluster) => cluster.server.faults.add({ kind: 'answer', code: 504, message: tooLarge }, isWatch),
  ],
  [
    'inside the stream',
    (cluster) => cluster.server.faults.add({ kind: 'watchError', code: 504, message: tooLarge }, isWatch),
  ],
] as readonly (readonly [string, (cluster: SimulatedCluster) => unknown])[]) {
  test(`W07 “Too large resource version”, told ${title}, leads to one list at once`, async () => {
    await using cluster = await startSimulatedCluster();
    for (const name of ['catalog', 'ledger']) putService(cluster, name);
    await using here = await follow(cluster);
    await watching(cluster);
    here.told.length = 0;
    tell(cluster);
    cluster.server.faults.cutWatches('end');
    removeService(cluster, 'ledger');
    await here.agrees();
    await watching(cluster);
    expect(here.told).toEqual(['deleted ledger']);
    expect(asks(cluster)).toEqual(['list', 'watch', 'revision', 'watch', 'list', 'watch']);
    expect(here.troubles.join()).not.toMatch(/Too large/);
  });
}

const tooLarge = 'Timeout: Too large resource version: 2000, current: 1000';

/** What was told of one name, with the uids in the order in which they appeared. */
const toldOf = (here: Follower): string => here.told.join(', ');

test('W08 the same name with another uid is another object: the old one is told as deleted', async () => {
  await using cluster = await startSimulatedCluster();
  putService(cluster, 'catalog');
  const first = service(cluster, 'catalog').metadata.uid;
  await using here = await follow(cluster);
  await watching(cluster);
  here.told.length = 0;
  // Both between two watches, and the server forgets: only the successor is ever seen.
  cluster.server.faults.cutWatches('end');
  removeService(cluster, 'catalog');
  putService(cluster, 'catalog', 81);
  cluster.store.compact();
  await here.agrees();
  expect(toldOf(here)).toBe('deleted catalog, added catalog');
  expect(here.view.get('shop', 'catalog')?.metadata.uid).not.toBe(first);
});

test('W08 a deletion that comes late does not take the successor away', async () => {
  await using cluster = await startSimulatedCluster();
  putService(cluster, 'catalog');
  await using here = await follow(cluster);
  await watching(cluster);
  const first = service(cluster, 'catalog');
  removeService(cluster, 'catalog');
  putService(cluster, 'catalog', 81);
  await here.agrees();
  here.told.length = 0;
  cluster.server.faults.lie('DELETED', first);
  putService(cluster, 'order');
  await here.agrees();
  expect(toldOf(here)).toBe('added order');
});

test('W08 a deletion of a successor that was never seen takes its predecessor away too', async () => {
  await using cluster = await startSimulatedCluster();
  putService(cluster, 'catalog');
  await using here = await follow(cluster);
  await watching(cluster);
  here.told.length = 0;
  const first = service(cluster, 'catalog');
  cluster.server.faults.silenceWatches();
  removeService(cluster, 'catalog');
  putService(cluster, 'catalog', 81);
  const second = service(cluster, 'catalog');
  removeService(cluster, 'catalog');
  const resourceVersion = String(cluster.store.revision());
  cluster.server.faults.cutWatches('reset');
  const told = { ...second, metadata: { ...second.metadata, resourceVersion } };
  cluster.server.faults.add({ kind: 'watchEvents', events: [{ type: 'DELETED', object: told }] }, isWatch);
  await here.agrees();
  expect(toldOf(here)).toBe('deleted catalog');
  expect(first.metadata.uid).not.toBe(second.metadata.uid);
});

test('W08 events that are doubled, or come late, change nothing and bring nothing deleted back', async () => {
  await using cluster = await startSimulatedCluster();
  putService(cluster, 'catalog');
  await using here = await follow(cluster);
  await watching(cluster);
  const oldest = service(cluster, 'catalog');
  putService(cluster, 'catalog', 81);
  const middle = service(cluster, 'catalog');
  putService(cluster, 'catalog', 82);
  const newest = service(cluster, 'catalog');
  putService(cluster, 'ledger');
  const ledger = service(cluster, 'ledger');
  removeService(cluster, 'ledger');
  await eventually(() => expect(toldOf(here)).toMatch(/deleted ledger/));
  here.told.length = 0;
  for (const [type, object] of [
    ['MODIFIED', newest],
    ['MODIFIED', middle],
    ['MODIFIED', oldest],
    ['ADDED', oldest],
    ['MODIFIED', ledger],
    ['DELETED', ledger],
  ] as const)
    cluster.server.faults.lie(type, object);
  putService(cluster, 'order');
  await here.agrees();
  expect(toldOf(here)).toBe('added order');
});

test('W08 what is older than the list that was read is not taken for news', async () => {
  await using cluster = await startSimulatedCluster();
  putService(cluster, 'ledger');
  const ledger = service(cluster, 'ledger');
  removeService(cluster, 'ledger');
  putService(cluster, 'catalog');
  await using here = await follow(cluster);
  await watching(cluster);
  cluster.server.faults.lie('ADDED', ledger);
  putService(cluster, 'order');
  await here.agrees();
  expect(toldOf(here)).toBe('added catalog, added order');
});

test('W08 a bookmark from the past does not lead the next watch back there', async () => {
  await using cluster = await startSimulatedCluster();
  putService(cluster, 'catalog');
  const past = String(cluster.store.revision());
  await using here = await follow(cluster);
  await watching(cluster);
  putService(cluster, 'ledger');
  await here.agrees();
  const newest = service(cluster, 'ledger').metadata.resourceVersion;
  cluster.server.faults.lie('BOOKMARK', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { resourceVersion: past },
  });
  cluster.server.faults.cutWatches('end');
  putService(cluster, 'order');
  await here.agrees();
  const last = cluster.server.requests.filter(isWatch).at(-1);
  expect(last?.query.get('resourceVersion')).toBe(newest);
  expect(toldOf(here)).toBe('added catalog, added ledger, added order');
});

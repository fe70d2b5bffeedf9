import { expect, test } from 'vitest';
import { serviceEntriesOf } from './watchKinds.ts';
import { createPayment, hostOf, openCluster, until } from '../conformance/cluster.ts';
import { startSimulatedCluster } from '../conformance/simulatedCluster.ts';
import { splitOf } from '../conformance/weights.ts';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import type { SeenRequest } from '../../shared/rehearsal/kube/faults.ts';
import { createFakeClock } from '../support/memoryPorts.ts';
import {
  eventually,
  follow,
  isList,
  isWatch,
  pass,
  putService,
  removeService,
  watching,
} from './watchHarness.ts';

test('W01 an expired revision told inside the stream brings one list, with what vanished meanwhile', async () => {
  await using cluster = await startSimulatedCluster();
  for (const name of ['catalog', 'ledger']) putService(cluster, name);
  await using here = await follow(cluster);
  await watching(cluster);
  expect(here.told.sort()).toEqual(['added catalog', 'added ledger']);
  here.told.length = 0;
  // All at one moment, so that none of it can be seen by the old watch.
  cluster.server.faults.cutWatches('end');
  removeService(cluster, 'ledger');
  putService(cluster, 'refunds');
  cluster.store.compact();
  await here.agrees();
  await watching(cluster);
  expect(here.told).toEqual(['deleted ledger', 'added refunds']);
  expect(cluster.server.requests.filter(isList)).toHaveLength(2);
});

test('W01 an expired continuation starts the list anew, and nothing is told twice', async () => {
  await using cluster = await startSimulatedCluster();
  for (let n = 0; n < 620; n += 1) putService(cluster, `service-${n}`);
  const pages = (request: SeenRequest): boolean => isList(request) && request.query.get('continue') !== null;
  cluster.server.faults.add({ kind: 'answer', code: 410 }, pages);
  const clock = createFakeClock();
  let isFollowed = false;
  const following = follow(cluster, { clock }).finally(() => (isFollowed = true));
  while (!isFollowed) await pass(clock, 1_000);
  await using here = await following;
  expect(here.names()).toHaveLength(620);
  expect(here.told).toHaveLength(620);
  expect(cluster.server.requests.filter(isList)).toHaveLength(4);
});

test('W02 an expired revision told by the HTTP status is not asked for again', async () => {
  await using cluster = await startSimulatedCluster();
  putService(cluster, 'catalog');
  await using here = await follow(cluster);
  await watching(cluster);
  const stale = cluster.server.requests.find(isWatch)?.query.get('resourceVersion');
  here.told.length = 0;
  cluster.server.faults.add({ kind: 'answer', code: 410 }, isWatch);
  cluster.server.faults.cutWatches('end');
  removeService(cluster, 'catalog');
  putService(cluster, 'refunds');
  await here.agrees();
  await watching(cluster);
  expect(here.told).toEqual(['deleted catalog', 'added refunds']);
  expect(cluster.server.requests.filter(isList)).toHaveLength(2);
  // The first watch, and the one that was refused.
  const again = cluster.server.requests.filter(
    (request) => isWatch(request) && request.query.get('resourceVersion') === stale,
  );
  expect(again).toHaveLength(2);
});

test('W03 watches closed at once without a word lead to a list after three, and to no storm', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ now: clock.now });
  putService(cluster, 'catalog');
  cluster.server.faults.add({ kind: 'emptyWatch' }, isWatch, 1_000);
  await using here = await follow(cluster, { clock });
  putService(cluster, 'refunds');
  await pass(clock, 60_000);
  const inOneMinute = [...cluster.server.requests];
  expect(here.names()).toEqual(['catalog', 'refunds']);
  const order = inOneMinute
    .filter((request) => isList(request) || isWatch(request))
    .map((request) => request.verb);
  expect(order.slice(0, 6)).toEqual(['list', 'watch', 'watch', 'watch', 'list', 'watch']);
  expect(order.length).toBeLessThanOrEqual(20);
});

for (const [title, breakIt] of [
  ['ends cleanly', (cluster) => cluster.server.faults.cutWatches('end')],
  ['is reset', (cluster) => cluster.server.faults.cutWatches('reset')],
  ['ends in the middle of an event', (cluster) => cutNextWatch(cluster, 'end')],
  ['is reset in the middle of an event', (cluster) => cutNextWatch(cluster, 'reset')],
  ['comes one byte at a time', (cluster) => replaceWatch(cluster, 'drip')],
  ['has lines that end with CR LF', (cluster) => replaceWatch(cluster, 'crlf')],
] as readonly (readonly [string, (cluster: Simulated) => unknown])[]) {
  test(`W04 no event is lost or invented when the watch ${title}`, async () => {
    await using cluster = await startSimulatedCluster();
    for (const name of ['catalog', 'ledger']) putService(cluster, name);
    await using here = await follow(cluster);
    await watching(cluster);
    here.told.length = 0;
    breakIt(cluster);
    // Two in one chunk, then what undoes one of them.
    putService(cluster, 'refunds');
    putService(cluster, 'catalog', 81);
    removeService(cluster, 'ledger');
    await here.agrees();
    putService(cluster, 'order');
    await here.agrees();
    expect(here.told).toEqual(['added refunds', 'modified catalog', 'deleted ledger', 'added order']);
    // What was missed is caught up from the last revision seen, not by reading everything again.
    expect(cluster.server.requests.filter(isList)).toHaveLength(1);
  });
}

type Simulated = Awaited<ReturnType<typeof startSimulatedCluster>>;

function cutNextWatch(cluster: Simulated, how: 'end' | 'reset'): void {
  cluster.server.faults.add({ kind: 'cutBody', afterBytes: 40, how }, isWatch);
  cluster.server.faults.cutWatches('end');
}

function replaceWatch(cluster: Simulated, kind: 'drip' | 'crlf'): void {
  cluster.server.faults.add({ kind }, isWatch);
  cluster.server.faults.cutWatches('end');
}

test('W05 a watch that is open and dead is said to be stale, and is opened anew', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ bookmarkEveryMs: 20 });
  putService(cluster, 'catalog');
  await using here = await follow(cluster, { clock });
  await watching(cluster);
  await clock.advance(6_000);
  // A bookmark was heard: from now on silence means something.
  await eventually(() => expect(here.view.health.at).toBe(clock.now()));
  cluster.server.faults.silenceWatches();
  putService(cluster, 'refunds');
  await pass(clock, 95_000, 5_000);
  expect(here.names()).toEqual(['catalog']);
  expect(here.view.health).toMatchObject({
    ok: false,
    error: expect.stringMatching(/Nothing was heard of services/) as unknown,
  });
  await pass(clock, 65_000, 5_000);
  await here.agrees();
  expect(here.names()).toEqual(['catalog', 'refunds']);
  await eventually(() => expect(here.view.health.ok).toBe(true));
});

test('W05 where a server sends no bookmarks, the time limit of the watch ends the wait', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ now: clock.now });
  await using here = await follow(cluster, { clock });
  await watching(cluster);
  const limitSeconds = Number(cluster.server.requests.find(isWatch)?.query.get('timeoutSeconds'));
  expect(limitSeconds).toBeGreaterThanOrEqual(300);
  cluster.server.faults.silenceWatches();
  putService(cluster, 'refunds');
  await pass(clock, 2 * limitSeconds * 1_000, 20_000);
  expect(here.names()).toEqual(['refunds']);
});

// With chance held at a half, the back-off's first pause is 1.2 s and its second 2.4 s; what a server asks for is lengthened by a
// quarter of the second. A date counts whole seconds, of which a part may have passed when it is read.
for (const [title, retryAfter, leastMs, mostMs] of [
  ['in seconds', '1', 1_600, 1_600],
  ['as a date', 'in 20 s', 19_600, 20_600],
  ['as nonsense', '-5', 2_400, 2_400],
  ['without an end', '99999999', 60_600, 60_600],
  ['not at all', undefined, 2_400, 2_400],
] as const) {
  test(`W06 “too many requests” is waited out without a list when the server says how long ${title}`, async () => {
    const clock = createFakeClock();
    await using cluster = await startSimulatedCluster({ now: clock.now });
    putService(cluster, 'catalog');
    await using here = await follow(cluster, { clock, fraction: () => 0.5 });
    await watching(cluster);
    const header = retryAfter === 'in 20 s' ? new Date(Date.now() + 20_000).toUTCString() : retryAfter;
    cluster.server.faults.add(
      { kind: 'answer', code: 429, ...(header === undefined ? {} : { retryAfter: header }) },
      isWatch,
    );
    const watches = () => cluster.server.requests.filter(isWatch);
    cluster.server.faults.cutWatches('reset');
    await eventually(() => expect(here.troubles).toHaveLength(1));
    await clock.advance(1_200);
    await eventually(() => expect(here.troubles.join()).toMatch(/429/));
    await pass(clock, leastMs - 1, 500);
    expect(watches()).toHaveLength(2);
    await clock.advance(mostMs - leastMs + 1);
    await eventually(() => expect(watches()).toHaveLength(3));
    const [, refused, accepted] = watches().map((request) => request.at);
    expect(accepted).toBeGreaterThanOrEqual((refused ?? NaN) + leastMs);
    expect(accepted).toBeLessThanOrEqual((refused ?? NaN) + mostMs);
    expect(cluster.server.requests.filter(isList)).toHaveLength(1);
    await eventually(() => expect(here.view.health.ok).toBe(true));
  });
}

test('W06 a server in trouble is asked ever less often, and keeps the picture', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ now: clock.now });
  putService(cluster, 'catalog');
  await using here = await follow(cluster, { clock });
  await watching(cluster);
  cluster.server.faults.add({ kind: 'answer', code: 503 }, isWatch, 2);
  cluster.server.faults.add({ kind: 'answer', code: 500 }, isWatch, 5);
  cluster.server.faults.cutWatches('reset');
  await pass(clock, 200_000, 500);
  const at = cluster.server.requests.filter(isWatch).map((request) => request.at);
  const waits = at.slice(2).map((time, n) => time - (at[n + 1] ?? 0));
  expect(at).toHaveLength(9);
  expect(waits[5]).toBeGreaterThan(20_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(61_000);
  expect(cluster.server.requests.filter(isList)).toHaveLength(1);
  expect(here.names()).toEqual(['catalog']);
});

test('W06 twenty watches that fell together come back apart', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ now: clock.now });
  const namespaces = Array.from({ length: 20 }, (_, n) => `team-${n}`);
  await using here = await follow(cluster, { clock, namespaces });
  await watching(cluster, 20);
  cluster.server.faults.add({ kind: 'answer', code: 429, retryAfter: '2' }, isWatch, 20);
  cluster.server.faults.cutWatches('reset');
  await pass(clock, 10_000, 50);
  const back = cluster.server.requests
    .filter(isWatch)
    .slice(-20)
    .map((request) => request.at);
  expect(new Set(back).size).toBeGreaterThan(5);
  expect(cluster.server.requests.filter(isList)).toHaveLength(20);
  expect(here.view.synced).toBe(true);
});

test('W09 what may not be read is named, and the rest goes on', async () => {
  await using cluster = await startSimulatedCluster();
  await createPayment(cluster);
  const { rules = [] } = cluster.tokens.get('viewer') ?? {};
  const withoutPods = rules.map((rule) => ({
    ...rule,
    resources: rule.resources.filter((one) => one !== 'pods'),
  }));
  cluster.tokens.set('viewer', { name: 'viewer', rules: withoutPods });
  await using open = await openCluster(cluster.settingsFor('viewer'));
  const topology = await until(
    (signal) => open.root.topology?.watch(signal, () => undefined) ?? ([][Symbol.iterator] as never),
    (seen) => seen.problems.length > 0,
  );
  expect(topology.problems).toEqual([
    expect.stringMatching(/^Pods cannot be read, so instances are missing: .*not allowed/),
  ]);
  expect(topology.services.map((one) => one.name)).toEqual(['payment']);
  expect(topology.workloads.map((one) => [one.name, one.readyInstances])).toEqual([
    ['payment-v1', 2],
    ['payment-v2', 1],
  ]);
  expect(topology.instances).toEqual([]);
  const split = await splitOf(open.mesh, cluster.namespace);
  // Not known is not zero.
  expect(split.destinations.map((one) => one.readyInstances)).toEqual([null, null]);
});

test('W09 a resource that is taken away while it is watched leaves the others, and may come back', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster();
  await createPayment(cluster);
  const goneAway = (request: SeenRequest): boolean => request.resource === 'serviceentries';
  await using entries = await follow(cluster, { clock, resource: serviceEntriesOf('v1') });
  await using rules = await follow(cluster, { clock });
  await watching(cluster, 2);
  const back = cluster.server.faults.add({ kind: 'answer', code: 404 }, goneAway, 1_000);
  cluster.server.faults.cutWatches('end');
  await pass(clock, 20_000);
  expect(entries.view.health).toMatchObject({ ok: false, error: expect.stringMatching(/404/) as unknown });
  await eventually(() => expect(rules.view.health.ok).toBe(true));
  putService(cluster, 'refunds');
  await rules.agrees();
  back();
  await pass(clock, 120_000, 5_000);
  await eventually(() => expect(entries.view.health.ok).toBe(true));
});

test('W15 a sign-in page is not an empty list: what was known stays', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster();
  for (const name of ['catalog', 'ledger']) putService(cluster, name);
  await using here = await follow(cluster, { clock });
  await watching(cluster);
  here.told.length = 0;
  const signIn = cluster.server.faults.add({ kind: 'html' }, () => true, 1_000);
  cluster.store.compact();
  cluster.server.faults.cutWatches('reset');
  await pass(clock, 30_000);
  expect(here.names()).toEqual(['catalog', 'ledger']);
  expect(here.told).toEqual([]);
  expect(here.view.health).toMatchObject({
    ok: false,
    error: expect.stringMatching(/not a Kubernetes API.*text\/html/) as unknown,
  });
  await expect(kubernetes.open(cluster.settings, hostOf())).rejects.toMatchObject({ kind: 'notThePeer' });
  signIn();
  await pass(clock, 70_000, 5_000);
  await eventually(() => expect(here.view.health.ok).toBe(true));

  // The same where the whole must be listed again, as an empty list would take everything away.
  await watching(cluster);
  const lists = cluster.server.faults.add({ kind: 'html' }, isList, 1_000);
  cluster.server.faults.add({ kind: 'answer', code: 410 }, isWatch);
  cluster.server.faults.cutWatches('reset');
  // Its last trouble is not forgotten yet, so it takes its time.
  await pass(clock, 200_000);
  expect(cluster.server.requests.filter(isList).length).toBeGreaterThan(2);
  expect(here.names()).toEqual(['catalog', 'ledger']);
  expect(here.told).toEqual([]);
  lists();
  await pass(clock, 70_000, 5_000);
  await here.agrees();
});

import { expect, test } from 'vitest';
import { startSimulatedCluster, type SimulatedCluster } from '../conformance/simulatedCluster.ts';
import { createFakeClock } from '../support/memoryPorts.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { deployments, pods } from '../../shared/connectors/kube/resources.ts';
import { eventually, follow, isList, isWatch, pass, putService, watching } from './watchHarness.ts';

const hours = 3_600_000;

/** The same cluster, reached by another port. */
const through = (cluster: SimulatedCluster, port: number): SimulatedCluster => {
  const text = JSON.stringify(cluster.settings.kubeconfig).replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`);
  const kubeconfig = JSON.parse(text) as typeof cluster.settings.kubeconfig;
  return { ...cluster, settings: { ...cluster.settings, kubeconfig } };
};

test('W14 after three hours of sleep each watch is opened again once, one after the other, and what was missed is there', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ now: clock.now });
  putService(cluster, 'catalog');
  await using here = await follow(cluster, { clock, fraction: () => 0.5 });
  const nothing = { changed: () => undefined, health: () => undefined };
  using _deployments = here.client.watches.view(deployments, nothing);
  using _pods = here.client.watches.view(pods, nothing);
  await watching(cluster, 3);
  const before = cluster.server.requests.length;
  // What a network that went away leaves: connections that are open and dead.
  cluster.server.faults.silenceWatches();
  putService(cluster, 'refunds');
  clock.sleepMachine(3 * hours);
  const wokeAt = clock.now();
  await pass(clock, 11_000, 100);
  await eventually(() => expect(here.names()).toEqual(['catalog', 'refunds']));
  await pass(clock, 60_000, 1_000);
  const since = cluster.server.requests.slice(before);
  const watches = since.filter(isWatch);
  expect(watches.map(({ resource }) => resource)).toEqual(['services', 'deployments', 'pods']);
  expect(since.filter(isList)).toHaveLength(0);
  const [first = NaN, second = NaN, third = NaN] = watches.map(({ at }) => at - wokeAt);
  // Noticed within ten seconds; half of the two over which connections spread, then a tenth between any two.
  expect(first).toBeLessThanOrEqual(11_200);
  expect(second - first).toBeGreaterThanOrEqual(100);
  expect(third - second).toBeGreaterThanOrEqual(100);
  expect(third).toBeLessThanOrEqual(12_000);
  expect(here.troubles.join()).toMatch(/asleep/);
  await eventually(() => expect(here.view.health.ok).toBe(true));
});

test('W14 connections to many clusters do not all come back at the same moment', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ now: clock.now });
  putService(cluster, 'catalog');
  await using one = await follow(cluster, { clock, fraction: () => 0.1 });
  await using other = await follow(cluster, { clock, fraction: () => 0.9 });
  await watching(cluster, 2);
  const before = cluster.server.requests.length;
  clock.sleepMachine(3 * hours);
  await pass(clock, 14_000, 100);
  await watching(cluster, 2);
  const [first = NaN, second = NaN] = cluster.server.requests
    .slice(before)
    .filter(isWatch)
    .map(({ at }) => at);
  expect(second - first).toBeGreaterThanOrEqual(1_500);
  expect([one.names(), other.names()]).toEqual([['catalog'], ['catalog']]);
});

test('W14 history that did not last the night costs one list, and the kept-alive connections of yesterday are not used', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ now: clock.now });
  await using proxy = await startFaultProxy({ port: Number(new URL(cluster.server.url).port) });
  putService(cluster, 'catalog');
  await using here = await follow(through(cluster, proxy.port), { clock });
  await watching(cluster);
  // A connection that is kept for later.
  await here.client.read('/version', AbortSignal.timeout(5_000));
  proxy.freezeOpen();
  putService(cluster, 'refunds');
  cluster.store.compact();
  const lists = cluster.server.requests.filter(isList).length;
  clock.sleepMachine(3 * hours);
  await pass(clock, 14_000, 100);
  await eventually(() => expect(here.names()).toEqual(['catalog', 'refunds']), 4_000);
  expect(cluster.server.requests.filter(isList)).toHaveLength(lists + 1);
});

test('W14 a machine that was only busy, and a clock that was set, reconnect nothing', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ now: clock.now });
  putService(cluster, 'catalog');
  await using here = await follow(cluster, { clock });
  await watching(cluster);
  clock.sleepMachine(20_000);
  await pass(clock, 60_000, 1_000);
  clock.setBy(-24 * hours);
  await pass(clock, 120_000, 5_000);
  expect(cluster.server.requests.filter(isWatch)).toHaveLength(1);
  expect(here.troubles).toEqual([]);
});

test('W14 a network that changes while the machine is awake is noticed by the silence of the bookmarks', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ bookmarkEveryMs: 20 });
  await using proxy = await startFaultProxy({ port: Number(new URL(cluster.server.url).port) });
  putService(cluster, 'catalog');
  await using here = await follow(through(cluster, proxy.port), { clock });
  await watching(cluster);
  await clock.advance(6_000);
  await eventually(() => expect(here.view.health.at).toBe(clock.now()));
  proxy.freezeOpen();
  putService(cluster, 'refunds');
  await pass(clock, 170_000, 5_000);
  await eventually(async () => {
    await clock.advance(1_000);
    expect(here.names()).toEqual(['catalog', 'refunds']);
  });
  expect(cluster.server.requests.filter(isList)).toHaveLength(1);
});

test('W14 a clock that was set back does not hide a watch that is dead', async () => {
  const clock = createFakeClock();
  await using cluster = await startSimulatedCluster({ bookmarkEveryMs: 20 });
  putService(cluster, 'catalog');
  await using here = await follow(cluster, { clock });
  await watching(cluster);
  await clock.advance(6_000);
  await eventually(() => expect(here.view.health.at).toBe(clock.now()));
  cluster.server.faults.silenceWatches();
  putService(cluster, 'refunds');
  clock.setBy(-24 * hours);
  await pass(clock, 260_000, 5_000);
  await eventually(async () => {
    await clock.advance(1_000);
    expect(here.names()).toEqual(['catalog', 'refunds']);
  });
});

import { expect, test } from 'vitest';
import { createFakeClock, createMemoryPorts } from '../../test/support/memoryPorts.ts';
import { createPaper, paperConnector } from '../../test/support/paperConnector.ts';
import type { Connector } from '../connectors/kit/connector.ts';
import { defaultSettings } from '../model/settings.ts';
import { openConnection } from './liveConnection.ts';
import { createPrograms } from './programs.ts';
import { createSettingsKeeper } from './settings.ts';
import { createSignalsFeed, type Pace } from './signalsFeed.ts';

/** How often a peer with new figures every two seconds is read in a minute; each reading takes it four queries. */
async function readsInAMinute(pace: Pace, { asksOnePeer = true, rehearsal = false } = {}): Promise<number> {
  const clock = createFakeClock();
  const ports = createMemoryPorts({ clock });
  const paper = createPaper();
  const plain = paperConnector(paper);
  const connector: Connector<unknown> = {
    ...plain,
    async open(settings, host) {
      const session = await plain.open(settings, host);
      const { signals } = session;
      if (signals === undefined) throw new Error('a paper has figures');
      const read: typeof signals.read = async (windowSeconds, signal) => ({
        ...(await signals.read(windowSeconds, signal)),
        queries: 4,
      });
      return { ...session, signals: { ...signals, ...(asksOnePeer ? { asksOnePeer } : {}), read } };
    },
  };
  const programs = createPrograms(await createSettingsKeeper(ports), ports);
  const request = { id: 'paper', title: 'paper', connector, settings: {}, environment: 'other' as const };
  await using connection = openConnection(
    { ...request, rehearsal, warnings: [] },
    [connector],
    ports,
    programs,
  );
  await clock.advance(10);
  using feed = createSignalsFeed(connection, 60, () => defaultSettings, ports);
  const release = feed.hold(pace);
  await clock.advance(60_000);
  release();
  const { reads } = paper;
  await clock.advance(60_000);
  expect(paper.reads).toBe(reads);
  return reads;
}

test('an error of reading ends with the next reading, also where the source is called otherwise by then', async () => {
  const clock = createFakeClock();
  const ports = createMemoryPorts({ clock });
  const plain = paperConnector(createPaper());
  let failing = true;
  const connector: Connector<unknown> = {
    ...plain,
    async open(settings, host) {
      const session = await plain.open(settings, host);
      const { signals } = session;
      if (signals === undefined) throw new Error('a paper has figures');
      return {
        ...session,
        signals: {
          ...signals,
          get source() {
            return failing ? 'Prometheus · nothing yet' : 'Prometheus · Linkerd metrics';
          },
          read: (windowSeconds, signal) =>
            failing ? Promise.reject(new Error('too slow')) : signals.read(windowSeconds, signal),
        },
      };
    },
  };
  const programs = createPrograms(await createSettingsKeeper(ports), ports);
  const request = { id: 'paper', title: 'paper', connector, settings: {}, environment: 'other' as const };
  await using connection = openConnection(
    { ...request, rehearsal: false, warnings: [] },
    [connector],
    ports,
    programs,
  );
  await clock.advance(10);
  using feed = createSignalsFeed(connection, 60, () => defaultSettings, ports);
  feed.hold('deciding');
  const told = () => feed.latest?.provenance.flatMap(({ problems }) => problems);
  await clock.advance(5_000);
  expect(told()).toEqual([expect.stringMatching(/^Reading figures from Prometheus · nothing yet/)]);
  failing = false;
  await clock.advance(5_000);
  expect(told()).toEqual([]);
});

test('figures that are only looked at take at most two requests in three seconds from the one peer that has them', async () => {
  expect(await readsInAMinute('looking')).toBe(11);
});

test('figures by which something is decided are read as often as they are new', async () => {
  expect(await readsInAMinute('deciding')).toBeGreaterThanOrEqual(30);
});

test('where each instance is asked for itself, or the fleet is this machine’s own, nobody is spared', async () => {
  expect(await readsInAMinute('looking', { asksOnePeer: false })).toBeGreaterThanOrEqual(30);
  expect(await readsInAMinute('looking', { rehearsal: true })).toBeGreaterThanOrEqual(30);
});

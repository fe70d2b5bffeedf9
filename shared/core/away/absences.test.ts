import { expect, test } from 'vitest';
import { createFakeClock, createMemoryPorts } from '../../../test/support/memoryPorts.ts';
import type { ConnectionState } from '../../model/connection.ts';
import type { Absence, AwaySummary } from '../../model/away.ts';
import { createSettingsKeeper } from '../settings.ts';
import { createAbsences } from './absences.ts';

const hour = 3_600_000;

/** A console whose window looks at connections that are open, and whose machine can sleep. */
async function looking(...titles: readonly string[]) {
  const clock = createFakeClock();
  const peer = { ahead: 0, answers: true, holdsTrips: false };
  const settings = await createSettingsKeeper(createMemoryPorts({ clock }));
  const peerNow = () => (peer.answers ? clock.now() + peer.ahead : null);
  const session = {
    get topology() {
      return peer.holdsTrips ? {} : { peerNow };
    },
    get isolation() {
      return peer.holdsTrips ? { serverNow: peerNow } : undefined;
    },
  };
  const open = new Map(
    titles.map((title) => [
      title,
      {
        id: title,
        title,
        state: () => ({ state: 'open' }) as ConnectionState,
        sources: [{ session }],
      },
    ]),
  );
  const parts = { connections: { open }, settings, ports: { clock } } as unknown as Parameters<
    typeof createAbsences
  >[0];
  let stop = new AbortController();
  let newest: Absence[] | null = null;
  let absences = createAbsences(parts);
  const look = (): void => {
    stop = new AbortController();
    newest = null;
    void (async () => {
      for await (const all of absences.watch(stop.signal)) newest = all;
    })();
  };
  look();
  await clock.advance(0);
  return {
    clock,
    peer,
    settings,
    open,
    seen: () => newest,
    absences: () => absences,
    look,
    async lookAway() {
      stop.abort();
      await clock.advance(0);
    },
    async restart() {
      stop.abort();
      await clock.advance(0);
      absences = createAbsences(parts);
    },
  };
}

test('a first start was away from nothing', async () => {
  const podium = await looking('prod');
  await podium.clock.advance(hour);
  expect(podium.seen()).toEqual([]);
  expect(podium.settings.current.looked['prod']).toBeGreaterThanOrEqual(podium.clock.now() - 90_000);
});

test('Podium that was not running for hours says of each connection since when', async () => {
  const podium = await looking('prod', 'stage');
  await podium.clock.advance(5 * 60_000);
  await podium.restart();
  const leftAt = podium.clock.now();
  await podium.clock.advance(8 * hour);
  podium.look();
  await podium.clock.advance(20_000);
  const seen = podium.seen() ?? [];
  expect(seen.map(({ connectionTitle }) => connectionTitle)).toEqual(['prod', 'stage']);
  for (const { from, to } of seen) {
    expect(Math.abs(from - leftAt)).toBeLessThan(60_000);
    expect(to - from).toBeGreaterThan(8 * hour - 60_000);
  }
});

test('W14 a machine that slept for hours was away for as long, a nap is not told of', async () => {
  const podium = await looking('prod');
  await podium.clock.advance(60_000);
  podium.clock.sleepMachine(5 * 60_000);
  await podium.clock.advance(20_000);
  expect(podium.seen()).toEqual([]);
  podium.clock.sleepMachine(8 * hour);
  await podium.clock.advance(20_000);
  const [one] = podium.seen() ?? [];
  expect(one === undefined ? 0 : one.to - one.from).toBeGreaterThanOrEqual(8 * hour);
  expect(one === undefined ? 0 : one.to - one.from).toBeLessThan(8 * hour + 60_000);
});

test('a window that nobody could see counts as away, and one that looks does not', async () => {
  const podium = await looking('prod');
  await podium.clock.advance(60_000);
  await podium.lookAway();
  await podium.clock.advance(2 * hour);
  podium.look();
  await podium.clock.advance(20_000);
  expect(podium.seen()).toHaveLength(1);
});

test.each([
  ['its map', false],
  ['its trips', true],
])('a clock that somebody sets is no absence: the peer’s own counts, told with %s', async (_, holdsTrips) => {
  const podium = await looking('prod');
  podium.peer.holdsTrips = holdsTrips;
  await podium.clock.advance(60_000);
  await podium.restart();
  podium.clock.setBy(3 * hour);
  podium.peer.ahead = -3 * hour;
  podium.look();
  await podium.clock.advance(20_000);
  expect(podium.seen()).toEqual([]);
});

test('while the peer has not answered, nothing is known of its time', async () => {
  const podium = await looking('prod');
  await podium.clock.advance(60_000);
  await podium.restart();
  await podium.clock.advance(hour);
  podium.peer.answers = false;
  podium.look();
  await podium.clock.advance(20_000);
  expect(podium.seen()).toEqual([]);
  podium.peer.answers = true;
  await podium.clock.advance(20_000);
  expect(podium.seen()).toHaveLength(1);
});

test('a connection that is opened after the window is looked at soon', async () => {
  const podium = await looking();
  await podium.clock.advance(500);
  const { open } = await looking('prod');
  for (const [id, connection] of open) podium.open.set(id, connection);
  await podium.clock.advance(2_000);
  expect(Object.keys(podium.settings.current.looked)).toEqual(['prod']);
});

test('who reads an absence again is given what was read of it, and of any other time nothing', async () => {
  const podium = await looking('prod');
  await podium.clock.advance(60_000);
  podium.clock.sleepMachine(hour);
  await podium.clock.advance(20_000);
  const [one] = podium.seen() ?? [];
  if (one === undefined) throw new Error('nothing was found');
  const given: string[][] = [];
  const summaryOf = (problems: string[], part: string) =>
    podium.absences().summaryOf(one, (before) => {
      given.push([...before.keys()]);
      before.set(part, null);
      // Nothing else of it is looked at.
      return Promise.resolve({ counted: true, problems } as unknown as AwaySummary);
    });
  await summaryOf(['alerts were given up'], 'figures');
  podium.absences().close();
  await summaryOf([], 'alerts');
  await summaryOf([], 'notes');
  await podium.absences().summaryOf({ connectionId: 'prod', from: one.from }, (before) => {
    given.push([...before.keys()]);
    return Promise.resolve({} as AwaySummary);
  });
  expect(given).toEqual([[], ['figures'], ['figures', 'alerts'], []]);
});

test('what was closed stays so for a window that comes later', async () => {
  const podium = await looking('prod');
  await podium.clock.advance(60_000);
  podium.clock.sleepMachine(hour);
  await podium.clock.advance(20_000);
  const [one] = podium.seen() ?? [];
  if (one === undefined) throw new Error('nothing was found');
  expect(one.closed).toBe(false);
  podium.absences().close();
  await podium.lookAway();
  podium.look();
  await podium.clock.advance(0);
  expect(podium.seen()).toEqual([{ ...one, closed: true }]);
  podium.clock.sleepMachine(hour);
  await podium.clock.advance(20_000);
  expect(podium.seen()?.map(({ closed }) => closed)).toEqual([false]);
});

import { expect, test } from 'vitest';
import { serviceId } from '../../shared/analysis/entityIds.ts';
import type { ConnectionState } from '../../shared/model/connection.ts';
import { type ConsoleUnderTest, openConsole } from './console.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { auditedSince } from './start/audit.ts';
import { waitFor } from './start/processes.ts';

const run = readCoordinates();
const users = ['viewer', 'shop-operator'] as const;
// Long enough for what is asked once a minute.
const shownMs = 60_000;
const inspectedMs = 30_000;
const hiddenMs = 15_000;

/** Mesh and figures are there; what these rights do not reach has been tried. */
const hasAll = ({ state, sources }: ConnectionState): boolean =>
  state === 'open' &&
  ['kubernetes', 'istio', 'prometheus'].every((one) =>
    sources.some((source) => source.connector === one && source.state === 'live'),
  );

/** Everything that a window which shows the map listens to, and what an inspected service adds. */
function listen({ client }: ConsoleUnderTest, inspected: readonly string[] = []) {
  const stop = new AbortController();
  const how = { signal: stop.signal };
  let ticks = 0;
  const hear = async (stream: Promise<AsyncIterable<unknown>>, counts = false): Promise<void> => {
    try {
      for await (const _ of await stream) if (counts) ticks += 1;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  };
  const all = Promise.all([
    hear(client.connections.watch(undefined, how)),
    hear(client.connections.discoveries(undefined, how)),
    hear(client.graph.watch(undefined, how)),
    hear(client.signals.watch({ windowSeconds: 60 }, how), true),
    hear(client.signals.timeline({ rangeSeconds: 1_800 }, how)),
    hear(client.findings.watch(undefined, how)),
    hear(client.alerts.watch(undefined, how)),
    hear(client.splits.watch(undefined, how)),
    hear(client.trips.watch(undefined, how)),
    hear(client.routes.watch(undefined, how)),
    hear(client.holds.watch(undefined, how)),
    hear(client.canaries.watch(undefined, how)),
    hear(client.journal.watch(undefined, how)),
    ...inspected.flatMap((serviceId) => [
      hear(client.services.inspect({ serviceId }, how)),
      hear(client.signals.charts({ serviceId, rangeSeconds: 1_800 }, how)),
    ]),
  ]);
  return {
    ticks: () => ticks,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await all;
    },
  };
}

/** What the API server counted of each user over a stretch: what it answered, and watches that began. */
async function count(
  countedMs: number,
): Promise<Readonly<Record<string, { perSecond: number; watches: number }>>> {
  const since = Date.now();
  await waitFor('the stretch to be over', { limitMs: 2 * countedMs }, () =>
    Promise.resolve(Date.now() - since >= countedMs),
  );
  const seconds = (Date.now() - since) / 1_000;
  const asked = auditedSince(run.runDir, since);
  return Object.fromEntries(
    users.map((name) => {
      const own = asked.filter(({ user }) => user === name);
      const watches = own.filter(({ verb }) => verb === 'watch').length;
      return [name, { perSecond: (own.length - watches) / seconds, watches }];
    }),
  );
}

test('with everything followed and nothing happening, each connection asks the API server at most once a second, and a window that listens to nothing hardly ever', async () => {
  await using console = await openConsole(run);
  const opened = [
    await console.open('viewer', {}, hasAll),
    await console.open('shop-operator', { namespaces: ['shop'] }, hasAll),
  ];
  {
    await using window = listen(console);
    await waitFor('the first figures', { limitMs: 30_000 }, () => Promise.resolve(window.ticks() > 2));
    const before = window.ticks();
    const shown = await count(shownMs);
    expect(window.ticks()).toBeGreaterThan(before);
    for (const user of users) {
      const { perSecond, watches } = shown[user] ?? { perSecond: NaN, watches: NaN };
      noteFigure(
        run,
        'idle',
        `${user}, the map shown and nothing happening: ${perSecond.toFixed(2)} requests a second at the API server over ${shownMs / 1_000} s, ${watches} watches begun`,
      );
      expect(perSecond).toBeGreaterThan(0.2);
      expect(perSecond).toBeLessThanOrEqual(1);
      expect(watches).toBeLessThanOrEqual(2);
    }
  }
  {
    const inspected = opened.map(({ id }) => serviceId(id, 'shop', 'payment'));
    await using window = listen(console, inspected);
    await waitFor('the first figures', { limitMs: 30_000 }, () => Promise.resolve(window.ticks() > 2));
    const shown = await count(inspectedMs);
    for (const user of users) {
      const { perSecond } = shown[user] ?? { perSecond: NaN };
      noteFigure(
        run,
        'idle',
        `${user}, a service inspected and nothing happening: ${perSecond.toFixed(2)} requests a second`,
      );
      expect(perSecond).toBeLessThanOrEqual(2);
    }
  }
  const since = Date.now();
  const hidden = await count(hiddenMs);
  for (const user of users) {
    const { perSecond } = hidden[user] ?? { perSecond: NaN };
    noteFigure(run, 'idle', `${user}, the window hidden: ${perSecond.toFixed(2)} requests a second`);
    expect(perSecond).toBeLessThanOrEqual(0.7);
  }
  expect(auditedSince(run.runDir, since).filter(({ path }) => path.includes('/proxy/'))).toEqual([]);
}, 180_000);

import { afterEach, expect, test } from 'vitest';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { createFakeClock, createMemoryPorts } from '../../test/support/memoryPorts.ts';
import { createPaper, paperConnector } from '../../test/support/paperConnector.ts';
import type { AlertSource } from '../connectors/kit/alerts.ts';
import type { Connector } from '../connectors/kit/connector.ts';
import { PeerError } from '../connectors/kit/peerError.ts';
import type { AlertBoard, AlertObservation } from '../model/alert.ts';
import { createConsole, type Console } from './console.ts';
import type { ConsoleRouter } from './router.ts';

const open: Console[] = [];
afterEach(async () => {
  for (const console of open.splice(0)) await console[Symbol.asyncDispose]();
});

/** A source of alerts that answers as it is told to. */
interface PaperAlerts extends AlertSource {
  alerts: readonly AlertObservation[];
  problem: string | null;
  /** Answers only once this is done. */
  until: Promise<void>;
  reads: number;
}

function paperAlerts(source: string, gathers: boolean, ...alerts: readonly AlertObservation[]): PaperAlerts {
  const paper: PaperAlerts = {
    source,
    gathers,
    alerts,
    problem: null,
    until: Promise.resolve(),
    reads: 0,
    async read() {
      paper.reads += 1;
      await paper.until;
      if (paper.problem !== null) throw new PeerError('broken', paper.problem, { status: 502 });
      return { alerts: paper.alerts, problems: [] };
    },
  };
  return paper;
}

const alert = (name: string, phase: AlertObservation['phase'] = 'firing'): AlertObservation => ({
  key: `${name} ${phase}`,
  name,
  phase,
  severity: 'critical',
  since: 1,
  labels: { alertname: name },
  cutLabels: [],
  summary: null,
  description: null,
  runbook: null,
  silencedBy: [],
  silences: [],
});

/** A connection on paper: the first source is its own, the others are found from there. */
function cluster(title: string, first: PaperAlerts, ...found: readonly PaperAlerts[]): Connector<unknown>[] {
  const all = [first, ...found].map((alerts, place): Connector<unknown> => {
    const paper = paperConnector(createPaper(), place === 0 ? title : `${title} ${place}`);
    return {
      ...paper,
      id: `${title}-${place}`,
      capabilities: [...paper.capabilities, 'alerts'],
      discover: place === 0 ? paper.discover : () => Promise.resolve([]),
      open: async (settings, host) => ({ ...(await paper.open(settings, host)), alerts }),
    } as Connector<unknown>;
  });
  const [root, ...others] = all as [Connector<unknown>, ...Connector<unknown>[]];
  const offers = others.map(({ id }) => ({
    connector: id, title: id, detail: id, consequence: '', settings: {}, lent: {},
  })); // prettier-ignore
  return [
    {
      ...root,
      open: async (settings, host) => ({
        ...(await root.open(settings, host)),
        offers: { find: () => Promise.resolve({ offers, absent: [] }) },
      }),
    },
    ...others,
  ];
}

async function watched(...systems: readonly Connector<unknown>[]) {
  const clock = createFakeClock();
  const console = await createConsole(systems, createMemoryPorts({ clock }));
  open.push(console);
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  for (const { key } of (await client.connections.discover()).candidates)
    await client.connections.open({ key });
  await clock.advance(10);
  const window = () => {
    const seen: { board: AlertBoard | null } = { board: null };
    const stop = new AbortController();
    const done = (async () => {
      for await (const board of await client.alerts.watch(undefined, { signal: stop.signal }))
        seen.board = board;
    })().catch(() => undefined);
    return {
      told: () => ({
        alerts: seen.board?.alerts.map(({ name, phase, asOf }) => [
          name,
          phase,
          asOf === null ? 'now' : 'stale',
        ]),
        sources: seen.board?.sources.map(({ title, state }) => `${title} ${state}`),
        problems: seen.board?.problems,
      }),
      async close() {
        stop.abort();
        await done;
      },
    };
  };
  /** What Sources says of the system at `place`: its state, since when it has not answered, and why. */
  const source = async (place: number) => {
    for await (const connections of await client.connections.watch()) {
      const said = connections[0]?.sources[place];
      return [said?.state, Math.round((clock.now() - (said?.lastAnswerAt ?? 0)) / 10_000) * 10, said?.error];
    }
    throw new Error('nothing was told');
  };
  return { clock, window, source };
}

test('whether an Alertmanager answers is told at Sources too, by what it was asked last', async () => {
  const manager = paperAlerts('Alertmanager', true, alert('Down'));
  const { clock, window, source } = await watched(
    ...cluster('east', paperAlerts('Prometheus', false), manager),
  );
  const one = window();
  await clock.advance(60_000);
  expect(await source(1)).toEqual(['live', 0, null]);
  manager.problem = 'Bad gateway (502).';
  await clock.advance(20_000);
  expect(await source(1)).toEqual(['stale', 20, expect.stringContaining('502')]);
  await clock.advance(20_000);
  expect(await source(1)).toEqual(['failing', 40, expect.stringContaining('502')]);
  manager.problem = null;
  await clock.advance(11_000);
  expect(await source(1)).toEqual(['live', 0, null]);
  await one.close();
});

test('what an Alertmanager said stands as of then while it does not answer, and its Prometheus is asked', async () => {
  const manager = paperAlerts('Alertmanager', true, alert('Silenced', 'silenced'), alert('Down'));
  const prometheus = paperAlerts('Prometheus', false, alert('Down'), alert('Silenced'), alert('New'));
  const { clock, window } = await watched(...cluster('east', manager, prometheus));
  const one = window();
  await clock.advance(2_000);
  const calm = {
    alerts: [['Down', 'firing', 'now'], ['Silenced', 'silenced', 'now']],
    sources: ['Alertmanager answers'],
    problems: [],
  }; // prettier-ignore
  expect(one.told()).toEqual(calm);
  manager.problem = 'Bad gateway (502).';
  await clock.advance(14_000);
  expect(one.told()).toEqual({
    alerts: [
      ['Down', 'firing', 'stale'],
      ['New', 'firing', 'now'],
      ['Silenced', 'firing', 'now'],
      ['Silenced', 'silenced', 'stale'],
    ],
    sources: ['Alertmanager silent', 'Prometheus answers'],
    problems: ['east: Bad gateway (502).'],
  });
  manager.problem = null;
  await clock.advance(12_000);
  expect(one.told()).toEqual(calm);
  await one.close();
});

test('an alert is never hidden by one of the same labels elsewhere', async () => {
  const east = paperAlerts('Prometheus', false, alert('Down'));
  const west = paperAlerts('Alertmanager', true, alert('Down', 'silenced'));
  const { clock, window } = await watched(...cluster('east', east), ...cluster('west', west));
  const one = window();
  await clock.advance(2_000);
  expect(one.told().alerts).toEqual([
    ['Down', 'firing', 'now'],
    ['Down', 'silenced', 'now'],
  ]);
  await one.close();
});

test('each source is read once for all windows, holds none up, and is left alone when nobody looks', async () => {
  const slow = paperAlerts('slow', true);
  slow.until = new Promise(() => undefined);
  const quick = paperAlerts('quick', true, alert('Down'));
  const { clock, window } = await watched(...cluster('east', slow), ...cluster('west', quick));
  const windows = [window(), window()];
  await clock.advance(2_000);
  for (const { told } of windows)
    expect(told()).toMatchObject({
      alerts: [['Down', 'firing', 'now']],
      sources: ['slow asked', 'quick answers'],
    });
  expect([slow.reads, quick.reads]).toEqual([1, 1]);
  for (const { close } of windows) await close();
  await clock.advance(60_000);
  expect([slow.reads, quick.reads]).toEqual([1, 1]);
  // What was said a minute ago is not told as if it were said now.
  quick.until = slow.until;
  const back = window();
  await clock.advance(100);
  expect(back.told().alerts).toEqual([['Down', 'firing', 'stale']]);
  await back.close();
});

test('more alerts of one source than anybody reads are counted, those that fire come first', async () => {
  const many = Array.from({ length: 600 }, (_, place) =>
    alert(`a${place}`, place < 550 ? 'silenced' : 'firing'),
  );
  const { clock, window } = await watched(...cluster('east', paperAlerts('Alertmanager', true, ...many)));
  const one = window();
  await clock.advance(2_000);
  const { alerts, problems } = one.told();
  expect([alerts?.length, alerts?.filter(([, phase]) => phase === 'firing').length]).toEqual([500, 50]);
  expect(problems).toEqual(['east: 100 more alerts are not shown; those that fire come first.']);
  await one.close();
});

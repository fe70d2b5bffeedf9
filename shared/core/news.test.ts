import { afterEach, expect, test } from 'vitest';
import { createFakeClock, createMemoryPorts } from '../../test/support/memoryPorts.ts';
import type { AlertBoard } from '../model/alert.ts';
import type { OperationRecord } from '../model/record.ts';
import type { defaultSettings } from '../model/settings.ts';
import type { Canary, Holding } from '../model/watch.ts';
import { type FailingService, tellNews } from './news.ts';
import type { News } from './ports.ts';
import { createPulse, follow, followDistinct } from './pulse.ts';
import { createSettingsKeeper } from './settings.ts';

const running: Disposable[] = [];
afterEach(() => running.splice(0).forEach((one) => one[Symbol.dispose]()));

/** A console whose state the test says, and what it tells. */
async function telling() {
  const clock = createFakeClock();
  const told: News[] = [];
  const settings = await createSettingsKeeper(createMemoryPorts({ clock }));
  const moved = createPulse();
  const state = {
    holdings: [] as Holding[],
    canaries: [] as Canary[],
    board: boardOf({ a: [] }),
    failing: [] as FailingService[],
    records: new Map<string, Partial<OperationRecord>>(),
    journalProblem: null as string | null,
  };
  const logged: string[] = [];
  const log = (text: string): void => void logged.push(text);
  running.push(
    tellNews({
      ports: {
        clock,
        log: { info: log, warn: log, error: log },
        notify: (news) => void told.push(news),
      },
      settings,
      journal: {
        async read(id) {
          if (state.journalProblem !== null) throw new Error(state.journalProblem);
          return (state.records.get(id) as OperationRecord | undefined) ?? null;
        },
      },
      connections: () => [],
      failing: () => state.failing,
      holdings: (signal) => follow(moved, () => state.holdings, signal),
      canaries: (signal) => follow(moved, () => state.canaries, signal),
      alerts: (signal) => followDistinct(moved, () => state.board, signal),
    }),
  );
  await clock.advance(0);
  return {
    clock,
    told,
    logged,
    state,
    titles: () => told.map(({ title }) => title),
    want: (part: Partial<typeof defaultSettings.notifications>) =>
      settings.write((now) => ({ notifications: { ...now.notifications, ...part } })),
    async move(change: Partial<typeof state>, ms = 0) {
      Object.assign(state, change);
      moved.bump();
      await clock.advance(ms);
    },
  };
}

/** What fires, by its source; null where a source has not answered yet, and a sign of age where it is silent. */
function boardOf(
  firing: Readonly<Record<string, readonly string[] | null>>,
  ...silent: string[]
): AlertBoard {
  return {
    alerts: Object.entries(firing).flatMap(([sourceId, names]) =>
      (names ?? []).map((name) => ({
        id: `${sourceId} ${name}`,
        sourceId,
        name,
        phase: 'firing',
        asOf: silent.includes(sourceId) ? 1 : null,
        serviceId: null,
        summary: 'S',
      })),
    ),
    sources: Object.entries(firing).map(([id, names]) => ({
      id,
      title: id,
      state: names === null ? 'asked' : silent.includes(id) ? 'silent' : 'answers',
    })),
    problems: [],
  } as unknown as AlertBoard;
}

const holding = (more: Partial<Holding>): Holding => ({
  operationId: 'op-1',
  kind: 'trip',
  title: 'Trip catalog → inventory',
  serviceId: null,
  serviceName: 'inventory',
  until: 0,
  state: 'held',
  note: '',
  connection: { id: 'c', title: 'prod' },
  ...more,
});
const service = (name: string, errorRatio: number): FailingService => ({
  id: name,
  name,
  namespace: 'shop',
  connectionTitle: 'shop-prod',
  errorRatio,
});

test('a trip is told of a minute before its end, and when it ended, once each', async () => {
  const { clock, move, titles } = await telling();
  const until = clock.now() + 180_000;
  await move({ holdings: [holding({ until })] }, 100_000);
  expect(titles()).toEqual([]);
  await clock.advance(60_000);
  expect(titles()).toEqual(['A trip ends within a minute']);
  await clock.advance(30_000);
  const records = new Map([['op-1', { hold: { state: 'ended' }, watch: null } as Partial<OperationRecord>]]);
  await move({ holdings: [], records }, 10_000);
  expect(titles()).toEqual(['A trip ends within a minute', 'A trip ended']);
});

test('a trip of a minute is told of at its end alone', async () => {
  const { clock, move, titles } = await telling();
  const [at, until] = [clock.now(), clock.now() + 60_000];
  const hold = { state: 'held', until } as OperationRecord['hold'];
  const records = new Map([['op-1', { at, hold, watch: null }]]);
  await move({ holdings: [holding({ until })], records }, 60_000);
  expect(titles()).toEqual([]);
  await move({ holdings: [] });
  expect(titles()).toEqual(['A trip ended']);
});

test('a journal that cannot be read leaves out what it was to be read for, and nothing else', async () => {
  const { clock, move, titles, logged } = await telling();
  const until = clock.now() + 50_000;
  await move({ holdings: [holding({ until })], journalProblem: 'disk I/O error' }, 60_000);
  await move({ holdings: [] });
  expect(logged).toEqual(['an end was not told']);
  await move({ holdings: [holding({ operationId: 'op-2', state: 'stuck' })] });
  expect(titles()).toEqual(['A trip ends within a minute', 'A trip was not ended']);
});

test('a follower that ends by an error is logged, and the others go on', async () => {
  const { move, state, titles, logged } = await telling();
  Object.defineProperty(state, 'canaries', { get: () => { throw new Error('gone'); } }); // prettier-ignore
  await move({});
  expect(logged).toEqual(['nothing is told any more']);
  await move({ holdings: [holding({ state: 'stuck' })] });
  expect(titles()).toEqual(['A trip was not ended']);
});

test('a trip that somebody left in force has not ended, and is told as what it is', async () => {
  const { clock, move, told } = await telling();
  await move({
    holdings: [holding({ until: clock.now() - 60_000, state: 'changed', note: 'ben wrote there.' })],
  });
  const hold = { state: 'ended', leftBy: 'ben', note: 'Left in force by ben.' };
  const records = new Map([['op-1', { hold, watch: null } as Partial<OperationRecord>]]);
  await move({ holdings: [], records });
  expect(told.map(({ title, text }) => `${title}: ${text}`)).toEqual([
    'A trip was not ended: Trip catalog → inventory. ben wrote there.',
    'A trip was left in force: Trip catalog → inventory. Left in force by ben.',
  ]);
});

test('a trip that somebody ends by hand is no news, one that cannot be ended is', async () => {
  const { clock, move, told } = await telling();
  const until = clock.now() + 600_000;
  await move({ holdings: [holding({ until }), holding({ operationId: 'op-2', until: until + 1 })] });
  const records = new Map([['op-1', { hold: { state: 'ended' }, watch: null } as Partial<OperationRecord>]]);
  await move({
    holdings: [holding({ operationId: 'op-2', until, state: 'stuck', note: 'You may not patch it.' })],
    records,
  });
  expect(told).toEqual([
    {
      title: 'A trip was not ended',
      text: 'Trip catalog → inventory. You may not patch it.',
      link: null,
    },
  ]);
});

test('a watch that took a change back says why, and a canary that waits asks for its operator', async () => {
  const { move, told } = await telling();
  await move({ holdings: [holding({ kind: 'watch', state: 'watching', until: 1, title: 'Shift payment' })] });
  const watch = { state: 'returned', note: 'payment v2: 9 % failed' };
  const records = new Map([['op-1', { hold: null, watch } as Partial<OperationRecord>]]);
  const canary = (state: Canary['state']) =>
    ({
      id: 'k',
      state,
      title: 'Canary of payment',
      note: '',
      serviceId: null,
      connectionTitle: 'p',
    }) as Canary;
  await move({ holdings: [], records, canaries: [canary('running')] });
  await move({ canaries: [canary('paused')] });
  expect(told.map(({ title, text }) => `${title}: ${text}`)).toEqual([
    'A change was taken back: Shift payment. payment v2: 9 % failed',
    'A canary waits for you: Canary of payment',
  ]);
});

test('failing services are told only if asked for, after they stayed failing, together, and not again', async () => {
  const { clock, state, told, want } = await telling();
  state.failing = [service('payment', 0.38), service('order', 0.05), service('cart', 0.04)];
  await clock.advance(60_000);
  expect(told).toEqual([]);
  await want({ failing: true });
  await clock.advance(10_000);
  expect(told).toEqual([]);
  await clock.advance(20_000);
  expect(told).toMatchObject([
    { title: '3 services failing in shop-prod', text: 'worst payment: 38 % of its calls fail' },
  ]);
  expect(told[0]?.link).toMatch(/^podium:\/\/service\/shop\/payment\?context=shop-prod&at=/);
  state.failing = [...state.failing, service('search', 0.2)];
  await clock.advance(25_000);
  expect(told, 'one telling a minute').toHaveLength(1);
  await clock.advance(60_000);
  expect(told.map(({ title }) => title).slice(1)).toEqual(['search is failing in shop-prod']);
});

test('a service that fails for a moment wakes nobody', async () => {
  const { clock, state, told, want } = await telling();
  await want({ failing: true });
  for (let i = 0; i < 5; i += 1) {
    state.failing = [service('payment', 0.38)];
    await clock.advance(10_000);
    state.failing = [];
    await clock.advance(10_000);
  }
  expect(told).toEqual([]);
});

test('alerts that fire already are no news; those that begin are told if asked for', async () => {
  const { move, titles, want } = await telling();
  await move({ board: boardOf({ a: ['CallsFail'] }) });
  await want({ alerts: true });
  await move({}, 100);
  expect(titles()).toEqual([]);
  await move({ board: boardOf({ a: ['CallsFail', 'QueueLong'] }) }, 100);
  expect(titles()).toEqual(['Alert QueueLong fires']);
  await want({ alerts: false });
  await move({ board: boardOf({ a: ['A', 'B'] }) }, 120_000);
  expect(titles()).toHaveLength(1);
});

test('an alert that went and fires again is told again', async () => {
  const { move, titles, want } = await telling();
  await want({ alerts: true });
  await move({}, 100);
  await move({ board: boardOf({ a: ['CallsFail'] }) }, 70_000);
  await move({ board: boardOf({ a: [] }) }, 70_000);
  await move({ board: boardOf({ a: ['CallsFail'] }) }, 10_000);
  expect(titles()).toEqual(['Alert CallsFail fires', 'Alert CallsFail fires']);
});

test('an alert that begins soon after another was told is told a minute after it, though nothing else happens', async () => {
  const { clock, move, titles, want } = await telling();
  await want({ alerts: true });
  await move({}, 100);
  await move({ board: boardOf({ a: ['CallsFail'] }) }, 5_000);
  await move({ board: boardOf({ a: ['CallsFail', 'QueueLong'] }) }, 45_000);
  expect(titles()).toEqual(['Alert CallsFail fires']);
  await clock.advance(20_000);
  expect(titles()).toEqual(['Alert CallsFail fires', 'Alert QueueLong fires']);
});

test('what fires in a cluster that is opened later is no news, and a source that falls silent changes nothing', async () => {
  const { move, titles, want } = await telling();
  await want({ alerts: true });
  await move({}, 100);
  const old = Array.from({ length: 30 }, (_, i) => `Old${i}`);
  await move({ board: boardOf({ a: ['CallsFail'], b: null }) }, 70_000);
  expect(titles(), 'one that is still being asked holds up no other').toEqual(['Alert CallsFail fires']);
  await move({ board: boardOf({ a: ['CallsFail'], b: [] }, 'b') }, 70_000);
  await move({ board: boardOf({ a: ['CallsFail'], b: old }) }, 70_000);
  await move({ board: boardOf({ a: ['CallsFail'], b: old }, 'a', 'b') }, 70_000);
  await move({ board: boardOf({ a: ['CallsFail'], b: [...old, 'New'] }) }, 70_000);
  expect(titles()).toEqual(['Alert CallsFail fires', 'Alert New fires']);
});

test('what a cluster named is told as plain, short text', async () => {
  const { move, told } = await telling();
  const title = `<a href="http://x">Trip</a> & \u202e${'x'.repeat(400)}\nmore`;
  await move({ holdings: [holding({ state: 'stuck', title, until: 1 })] });
  expect(told[0]?.text).toMatch(/^‹a href="http:\/\/x"›Trip‹\/a› ＆ x+…$/);
  expect(told[0]?.text.length).toBeLessThanOrEqual(280);
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Absence, AwaySummary } from '../../shared/model/away.ts';
import { type ConsoleClient, useLink } from '../client/link.ts';
import { closeAway, showAway, tryAwayAgain, useAway, watchAway } from './away.ts';

const page = Object.assign(new EventTarget(), { hidden: false });
vi.stubGlobal('document', page);

interface Asked {
  readonly input: { readonly connectionId: string; readonly from: number; readonly to: number };
  readonly signal: AbortSignal;
  readonly answer: (summary: AwaySummary) => void;
  readonly fail: (error: Error) => void;
}

const absent = (connectionId: string, over: Partial<Absence> = {}): Absence => ({
  connectionId,
  connectionTitle: connectionId,
  from: 1_000,
  to: 9_000,
  closed: false,
  ...over,
});
const summaryOf = (connectionId: string): AwaySummary => ({
  connectionId,
  from: 1_000,
  to: 9_000,
  lines: [],
  more: 0,
  untimed: [],
  counted: true,
  reaches: [],
  notes: [],
  problems: [],
});

/** A console that tells of absences when the test says so, and answers each reading when it says so. */
function startConsole() {
  const asked: Asked[] = [];
  let tell = (_: Absence[]): void => undefined;
  let closings = 0;
  const away = {
    watch: (_: unknown, { signal }: { signal: AbortSignal }) =>
      Promise.resolve(
        (async function* () {
          while (!signal.aborted)
            yield await new Promise<Absence[]>((resolve, reject) => {
              tell = resolve;
              signal.addEventListener('abort', () => reject(signal.reason as Error));
            });
        })(),
      ),
    read: (input: Asked['input'], { signal }: { signal: AbortSignal }) =>
      new Promise<AwaySummary>((answer, fail) => {
        asked.push({ input, signal, answer, fail });
        signal.addEventListener('abort', () => fail(signal.reason as Error));
      }),
    close: () => {
      closings += 1;
      return Promise.resolve();
    },
  };
  return {
    asked,
    ids: () => asked.map(({ input }) => input.connectionId),
    closings: () => closings,
    async tells(...absences: Absence[]) {
      await settle();
      tell(absences);
      await settle();
    },
    // Of a console only this is asked here.
    client: { away } as unknown as ConsoleClient,
  };
}

/** Lets everything that is already decided happen. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

let podium = startConsole();
let stop = (): void => undefined;
beforeEach(() => {
  podium = startConsole();
  useAway.setState({ all: [], shown: false });
  useLink.setState({ client: podium.client });
  stop = watchAway();
});
afterEach(() => {
  stop();
  useLink.setState({ client: null });
});

const stateOf = (connectionId: string) =>
  useAway.getState().all.find(({ absence }) => absence.connectionId === connectionId);

test('a reading ends when somebody looked again', async () => {
  await podium.tells(absent('a'));
  expect(podium.asked[0]?.input).toEqual({ connectionId: 'a', from: 1_000, to: 9_000 });
});

test('what was closed is told to the console, and a page loaded anew neither shows nor reads it', async () => {
  await podium.tells(absent('a'));
  closeAway();
  expect(podium.closings()).toBe(1);
  stop();
  useAway.setState({ all: [], shown: false });
  stop = watchAway();
  await podium.tells(absent('a', { closed: true }));
  expect(useAway.getState().shown).toBe(false);
  expect(podium.ids()).toEqual(['a']);
  showAway();
  expect(podium.ids()).toEqual(['a', 'a']);
});

test('another absence leaves what is being read alone, and two are read at a time', async () => {
  await podium.tells(absent('a'));
  await podium.tells(absent('a'), absent('b'), absent('c'));
  expect(podium.ids()).toEqual(['a', 'b']);
  expect(podium.asked.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  podium.asked[0]?.answer(summaryOf('a'));
  await settle();
  expect(podium.ids()).toEqual(['a', 'b', 'c']);
  expect(stateOf('a')?.summary).toEqual(summaryOf('a'));
  await podium.tells(absent('a'), absent('c'));
  expect(podium.asked.map(({ signal }) => signal.aborted)).toEqual([false, true, false]);
  expect(podium.ids()).toEqual(['a', 'b', 'c']);
});

test('what could not be read is read again when asked', async () => {
  await podium.tells(absent('a'));
  podium.asked[0]?.fail(new Error('no answer'));
  await settle();
  expect(stateOf('a')?.problem).toBe('no answer');
  expect(podium.ids()).toEqual(['a']);
  tryAwayAgain(absent('a'));
  expect(stateOf('a')?.problem).toBeNull();
  podium.asked[1]?.answer(summaryOf('a'));
  await settle();
  expect(stateOf('a')).toMatchObject({ summary: summaryOf('a'), problem: null });
});

test('a stream that begins anew reads what is unread, also what a lost line left without an answer', async () => {
  await podium.tells(absent('a'), absent('b'));
  podium.asked[0]?.fail(new Error('no answer'));
  await settle();
  useLink.setState({ client: null });
  const next = startConsole();
  useLink.setState({ client: next.client });
  await settle();
  expect(podium.asked[1]?.signal.aborted).toBe(true);
  expect(next.ids()).toEqual(['a', 'b']);
});

test('shown again, what was read in part is read again and shown meanwhile; what is whole is not', async () => {
  const [partial, uncounted] = [
    { ...summaryOf('a'), problems: ['alerts were given up'] },
    { ...summaryOf('b'), counted: false },
  ];
  await podium.tells(absent('a'), absent('b'), absent('c'));
  podium.asked[0]?.answer(partial);
  podium.asked[1]?.answer(uncounted);
  await settle();
  podium.asked[2]?.answer({ ...summaryOf('c'), notes: ['only connections were counted'] });
  await settle();
  expect(podium.ids()).toEqual(['a', 'b', 'c']);
  showAway();
  expect(podium.ids()).toEqual(['a', 'b', 'c', 'a', 'b']);
  expect([stateOf('a')?.summary, stateOf('b')?.summary]).toEqual([partial, uncounted]);
  podium.asked[3]?.answer(summaryOf('a'));
  podium.asked[4]?.fail(new Error('no answer'));
  await settle();
  expect(stateOf('a')).toMatchObject({ summary: summaryOf('a'), problem: null });
  expect(stateOf('b')).toMatchObject({ summary: uncounted, problem: 'no answer' });
  tryAwayAgain(absent('b'));
  expect(podium.ids()).toEqual(['a', 'b', 'c', 'a', 'b', 'b']);
});

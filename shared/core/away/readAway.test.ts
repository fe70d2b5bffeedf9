import { describe, expect, test } from 'vitest';
import { createMemoryPorts } from '../../../test/support/memoryPorts.ts';
import { foldTopology } from '../../analysis/foldTopology.ts';
import { callRow, endpoint, observation, shopTopology } from '../../analysis/signalRows.fixture.ts';
import type { SeriesObservation } from '../../connectors/kit/connector.ts';
import type { SeriesRead, SignalsObservation } from '../../connectors/kit/signals.ts';
import { defaultSettings } from '../../model/settings.ts';
import type { Journal } from '../journal.ts';
import type { LiveConnection } from '../liveConnection.ts';
import { type AwayRead, readAway } from './readAway.ts';

const weekMs = 7 * 86_400_000;
const weekSeconds = weekMs / 1000;

/** Prometheus as a connection sees it: what it says of a whole span, of its steps, and of alerts. */
interface Figures {
  readonly past?: (signal: AbortSignal, endedSecondsAgo: number) => Promise<SignalsObservation>;
  readonly series?: (read: SeriesRead, signal: AbortSignal) => Promise<SeriesObservation>;
}

/** A week of payment: so many calls, of which so many were lost. */
const week = (calls: number, lost: number, source = 'Prometheus · Istio'): SignalsObservation => ({
  ...observation([
    callRow({ perSecond: (calls - lost) / weekSeconds }),
    callRow({ responseCode: '503', perSecond: lost / weekSeconds }),
  ]),
  source,
});

/** Every step alike. */
function steady({ from, to, stepSeconds }: SeriesRead, requests: number, failed: number): SeriesObservation {
  const steps = Array.from({ length: Math.round((to - from) / stepSeconds / 1000) + 1 }, () => 0);
  const requestsPerSecond = steps.map(() => requests);
  const failedPerSecond = steps.map(() => failed);
  const p50Ms = steps.map(() => null);
  return {
    from,
    stepSeconds,
    lines: [{ version: null, requestsPerSecond, failedPerSecond, p50Ms, p99Ms: p50Ms }],
    problems: [],
  };
}

/** Reads a week in which one alert fired; `limitMs` is how long that may take, `endedMs` how long it is over. */
function lookBack(
  { past, series }: Figures,
  limitMs?: number,
  asked?: AbortSignal,
  endedMs = 0,
  read?: AwayRead,
  more: readonly object[] | null = null,
) {
  const ports = createMemoryPorts();
  const now = ports.clock.now();
  const topology = foldTopology('c', [shopTopology({ order: ['v1'], payment: ['v1'] })], now);
  const signals = {
    source: 'Prometheus',
    scrapeIntervalSeconds: 15,
    readPast: (_: number, endedSecondsAgo: number, signal: AbortSignal) =>
      past?.(signal, endedSecondsAgo) ?? Promise.resolve(week(90_000, 0)),
    series: (read: SeriesRead, signal: AbortSignal) =>
      series?.(read, signal) ?? Promise.resolve(steady(read, 0.15, 0)),
  };
  const alert = { name: 'DiskFull', severity: 'critical', labels: {}, from: now - 3_600_000, to: now };
  const alerts = {
    source: 'Prometheus',
    gathers: false,
    past: () => Promise.resolve({ alerts: [alert], problems: [] }),
  };
  // Only what looking back asks of a connection and of a journal.
  const connection = {
    id: 'c',
    title: 'east',
    closed: new AbortController().signal,
    topology: () => topology,
    observations: () => [],
    sources: more === null ? [{ session: { signals, alerts } }] : [{ session: { signals } }, ...more],
  } as unknown as LiveConnection;
  const journal = { list: () => Promise.resolve([]) } as unknown as Journal;
  const parts = { journal, health: defaultSettings.health, ports };
  return readAway(connection, { from: now - weekMs, to: now - endedMs }, parts, asked, limitMs, read);
}

/** Answers nothing until nobody waits any more. */
const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const giveUp = () => reject(signal.reason as Error);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp);
  });

describe('calls that were lost', () => {
  test('in a minute that drowns in the steps of a week are told with how many', async () => {
    const summary = await lookBack({
      past: () => Promise.resolve(week(90_000, 412)),
      series: (read) => Promise.resolve(steady(read, 0.15, 0.0007)),
    });
    expect(summary.lines.filter(({ kind }) => kind === 'failure')).toEqual([]);
    expect(summary.untimed).toEqual([
      { serviceId: 'c/shop/payment', name: 'payment', lostCalls: 412, calls: 90_000 },
    ]);
    expect(summary.counted).toBe(true);
  });

  test('are told although their steps could not be read', async () => {
    const summary = await lookBack({
      past: () => Promise.resolve(week(90_000, 412)),
      series: ({ scope, ...read }) =>
        scope.service === undefined
          ? Promise.resolve(steady({ scope, ...read }, 0.15, 0))
          : Promise.reject(new Error('too many samples')),
    });
    expect(summary.untimed).toMatchObject([{ name: 'payment', lostCalls: 412 }]);
    expect(summary.problems).toEqual([expect.stringContaining('too many samples')]);
  });

  test('are not taken for none where connections alone were counted', async () => {
    const summary = await lookBack({
      past: () =>
        Promise.resolve(observation([callRow({ protocol: 'tcp', responseCode: null, perSecond: 2 })])),
    });
    expect([summary.lines.filter(({ kind }) => kind === 'failure'), summary.untimed]).toEqual([[], []]);
    expect([summary.counted, summary.problems]).toEqual([false, []]);
    expect(summary.notes).toEqual([
      'Of calls to payment only connections were counted: whether any failed is not known.',
    ]);
    const counted = await lookBack({ past: () => Promise.resolve(week(90_000, 0)) });
    expect([counted.counted, counted.problems, counted.notes]).toEqual([true, [], []]);
  });

  test('with a time are a line and nothing else', async () => {
    const summary = await lookBack({
      past: () => Promise.resolve(week(90_000, 45_000)),
      series: (read) => Promise.resolve(steady(read, 0.15, 0.075)),
    });
    expect(summary.lines[0]).toMatchObject({ kind: 'failure', name: 'payment', tone: 'bad' });
    expect(summary.untimed).toEqual([]);
  });

  test('are looked for step by step where those were counted of whom they are known', async () => {
    const seen: SeriesRead['scope'][] = [];
    const mesh: SignalsObservation = { ...week(90_000, 0), calls: [], evidence: 'mesh' };
    await lookBack({
      past: () =>
        Promise.resolve({
          ...mesh,
          beside: [{ ...week(90_000, 45_000, 'Prometheus · OpenTelemetry'), evidence: 'client' }],
        }),
      series: (read) => {
        seen.push(read.scope);
        return Promise.resolve(steady(read, 0.15, 0.075));
      },
    });
    const scope = seen.find(({ service }) => service?.name === 'payment');
    expect(scope?.countedBy).toBe('Prometheus · OpenTelemetry');
    expect(scope?.isService?.({ namespace: 'shop', name: 'order' })).toBe(true);
    expect(scope?.isCallee?.({ ...endpoint('shop', 'payment-v1'), instance: null })).toBe(true);
    expect(scope?.isCallee?.({ ...endpoint('shop', 'order-v1'), instance: null })).toBe(false);
  });

  test('are known of any metrics that counted, and are not where no steps were read', async () => {
    const none = { ...week(90_000, 0), calls: [] };
    const beside = await lookBack({
      past: () => Promise.resolve({ ...none, beside: [week(90_000, 0, 'Prometheus · OpenTelemetry')] }),
    });
    expect(beside.counted).toBe(true);
    const unread = await lookBack({ series: () => Promise.reject(new Error('too many samples')) });
    expect(unread).toMatchObject({ counted: false, untimed: [] });
  });
});

describe('a Prometheus that is too slow', () => {
  test.each([
    ['the whole', { past: never }, 'Reading lost calls from Prometheus'],
    [
      'the steps',
      { series: (_: SeriesRead, signal: AbortSignal) => never(signal) },
      'Reading from Prometheus when calls were lost',
    ],
  ])('over %s costs figures alone, and says what was given up', async (_, figures, what) => {
    const summary = await lookBack(figures, 20);
    expect(summary.problems).toEqual([`${what} was given up after 0.02 s.`]);
    expect(summary.lines).toMatchObject([{ kind: 'alert', name: 'DiskFull' }]);
    expect(summary.counted).toBe(false);
  });

  test('is waited for no longer once nobody asks', async () => {
    const asked = new AbortController();
    const summary = lookBack({ past: never }, undefined, asked.signal);
    asked.abort(new Error('the window was closed'));
    await expect(summary).rejects.toThrow('the window was closed');
  });
});

test('a reading ends when somebody looked again, however late it is asked for', async () => {
  const read: { to?: number; ended?: number } = {};
  const summary = await lookBack(
    {
      past: (_, ended) => {
        read.ended = ended;
        return Promise.resolve(week(90_000, 0));
      },
      series: (asked) => {
        read.to = asked.to;
        return Promise.resolve(steady(asked, 0.15, 0));
      },
    },
    undefined,
    undefined,
    3 * 3_600_000,
  );
  expect(summary.to - summary.from).toBe(weekMs - 3 * 3_600_000);
  expect(read).toEqual({ ended: 3 * 3_600, to: summary.to });
});

test('who asks again reads what failed, and not what was read', async () => {
  const read: AwayRead = new Map();
  let asked = 0;
  const figures: Figures = {
    past: () => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error('too many samples')) : Promise.resolve(week(90_000, 412));
    },
  };
  const first = await lookBack(figures, undefined, undefined, 0, read);
  expect(first.problems).toEqual([expect.stringContaining('too many samples')]);
  expect([...read.keys()]).toEqual(['alerts']);
  const second = await lookBack(figures, undefined, undefined, 0, read);
  expect(second).toMatchObject({ problems: [], counted: true, untimed: [{ lostCalls: 412 }] });
  const third = await lookBack(figures, undefined, undefined, 0, read);
  expect([asked, third.untimed]).toEqual([2, second.untimed]);
});

test('figures that nobody counted are looked for again', async () => {
  const read: AwayRead = new Map();
  const none = { past: () => Promise.resolve({ ...week(0, 0), calls: [] }) };
  expect((await lookBack(none, undefined, undefined, 0, read)).counted).toBe(false);
  expect(read.has('figures')).toBe(false);
});

test('alerts and Events that nobody could tell of are asked for again, once somebody can', async () => {
  const read: AwayRead = new Map();
  const lookWith = (sources: object[]) => lookBack({}, undefined, undefined, 0, read, sources);
  expect((await lookWith([])).lines).toEqual([]);
  expect([...read.keys()]).toEqual(['figures']);
  let asked = 0;
  const alert = { name: 'DiskFull', severity: 'critical', labels: {}, from: 1, to: 2 };
  const tells = {
    alerts: {
      source: 'Prometheus',
      past: () => {
        asked += 1;
        return Promise.resolve({ alerts: [alert], problems: [] });
      },
    },
    events: {
      past: () => {
        asked += 1;
        return Promise.resolve({ warnings: [], changes: [], keptSince: 7, problems: [], aheadMs: 0 });
      },
    },
  };
  const told = await lookWith([{ session: tells }]);
  expect(told.lines).toMatchObject([{ kind: 'alert', name: 'DiskFull' }]);
  expect(told.reaches).toContainEqual({ what: 'Events', since: 7 });
  expect((await lookWith([{ session: tells }])).lines).toEqual(told.lines);
  expect(asked).toBe(2);
});

test('what other Podiums noted and could not be read costs no peer its figures again', async () => {
  const read: AwayRead = new Map();
  let asked = 0;
  const figures: Figures = {
    past: () => {
      asked += 1;
      return Promise.resolve(observation([callRow({ protocol: 'tcp', responseCode: null, perSecond: 2 })]));
    },
  };
  const notes = { recent: () => ({ notes: [], problem: 'Notes may not be read.' }) };
  const look = () => lookBack(figures, undefined, undefined, 0, read, [{ session: { notes } }]);
  const first = await look();
  expect(first).toMatchObject({
    problems: ['Notes may not be read.'],
    notes: [expect.stringContaining('only connections')],
  });
  expect(await look()).toEqual(first);
  expect(asked).toBe(1);
});

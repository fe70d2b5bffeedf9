import { expect, test } from 'vitest';
import { openPaper as openLocked } from '../../../test/support/openPaper.ts';
import { createPaper, type Paper } from '../../../test/support/paperConnector.ts';
import { createTraffic } from '../../../test/support/paperTraffic.ts';
import type { WatchRequest } from '../../model/watch.ts';
import type { Kept } from '../ports.ts';

const minute = 60_000;
const errors: WatchRequest = {
  forSeconds: 600,
  conditions: [{ kind: 'errors', version: 'v2', aboveRatio: 0.02 }],
};

async function openPaper(paper: Paper, options: Parameters<typeof openLocked>[1] = {}) {
  const here = await openLocked(paper, options);
  await here.client.connections.unlock({ id: here.id });
  const traffic = createTraffic(paper, here.ports.clock, ['v1', 'v2']);
  return { ...here, traffic };
}

type Here = Awaited<ReturnType<typeof openPaper>>;

async function shift(here: Here, watch: WatchRequest, weights = [50, 50]): Promise<string> {
  const { operationId } = await here.apply((await here.plan(weights)).id, { watch });
  await here.ports.clock.advance(10);
  return operationId;
}

const watchOf = (here: Here, id: string) => here.records.get(id)?.watch;

test('a shift whose condition comes true is taken back once, and says why', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await shift(here, errors);
  await here.ports.clock.advance(minute);
  expect(watchOf(here, id)).toMatchObject({ state: 'watching', readings: [0] });
  here.traffic.set('v2', { errorRatio: 0.2 });
  await here.ports.clock.advance(minute);
  expect(paper.weights).toEqual([70, 30]);
  expect(paper.writes).toHaveLength(2);
  const [back] = [...here.records.values()].filter(({ undoOf }) => undoOf === id);
  expect(watchOf(here, id)).toMatchObject({
    state: 'returned',
    returnedBy: back?.id,
    note: expect.stringMatching(/^Taken back: errors of v2 are .* the limit is 2/) as string,
  });
  expect(here.records.get(id)?.undoneBy).toBe(back?.id);
  await here.ports.clock.advance(20 * minute);
  expect(paper.writes).toHaveLength(2);
});

test('errors from before the write are not held against it', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  here.traffic.set('v2', { errorRatio: 0.9 });
  await here.ports.clock.advance(2_000);
  here.traffic.set('v2', { errorRatio: 0 });
  await here.ports.clock.advance(2 * minute);
  const id = await shift(here, errors);
  await here.ports.clock.advance(11 * minute);
  expect(watchOf(here, id)).toMatchObject({ state: 'passed' });
  expect(paper.weights).toEqual([50, 50]);
});

test('a moment of errors that is gone at the next look takes nothing back', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await shift(here, errors);
  await here.ports.clock.advance(2 * minute);
  here.traffic.set('v2', { callsPerSecond: 1, errorRatio: 1 });
  await here.ports.clock.advance(2_000);
  here.traffic.set('v2', { callsPerSecond: 50, errorRatio: 0 });
  await here.ports.clock.advance(10 * minute);
  expect(watchOf(here, id)).toMatchObject({ state: 'passed' });
});

test('too few calls judge nothing, and a watch that measured nothing does not call that passed', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  here.traffic.set('v2', { callsPerSecond: 0 });
  await here.ports.clock.advance(2 * minute);
  const id = await shift(here, errors);
  here.traffic.set('v2', { callsPerSecond: 0.01, errorRatio: 1 });
  await here.ports.clock.advance(11 * minute);
  expect(watchOf(here, id)).toMatchObject({
    state: 'stopped',
    note: expect.stringMatching(/not known: too few calls of v2/) as string,
  });
  expect(paper.weights).toEqual([50, 50]);
});

test('a p99 that passes its limit takes the change back', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await shift(here, {
    forSeconds: 600,
    conditions: [{ kind: 'latency', version: 'v2', aboveP99Ms: 200 }],
  });
  await here.ports.clock.advance(minute);
  here.traffic.set('v2', { p99Ms: 900 });
  await here.ports.clock.advance(30_000);
  expect(paper.weights).toEqual([70, 30]);
  expect(watchOf(here, id)?.note).toMatch(/p99 of v2 is 900 ms/);
});

test('calls that do not arrive take the change back', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await shift(here, {
    forSeconds: 600,
    conditions: [{ kind: 'noTraffic', version: 'v2', forSeconds: 60 }],
  });
  await here.ports.clock.advance(minute);
  here.traffic.set('v2', { callsPerSecond: 0 });
  await here.ports.clock.advance(50_000);
  expect(watchOf(here, id)).toMatchObject({ state: 'watching' });
  await here.ports.clock.advance(40_000);
  expect(paper.weights).toEqual([70, 30]);
  expect(watchOf(here, id)?.note).toMatch(/no call came to v2/);
});

test('a source without an answer is no broken condition', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await shift(here, {
    forSeconds: 600,
    conditions: [{ kind: 'noTraffic', version: 'v2', forSeconds: 60 }],
  });
  await here.ports.clock.advance(minute);
  paper.counters = () => [];
  await here.ports.clock.advance(3 * minute);
  expect(watchOf(here, id)).toMatchObject({ state: 'watching', readings: [null] });
  expect(paper.weights).toEqual([50, 50]);
});

test('a condition that is broken already is refused with the reason, and nothing is written', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  here.traffic.set('v2', { errorRatio: 0.06 });
  await here.ports.clock.advance(2 * minute);
  const plan = await here.plan([95, 5]);
  await expect(here.apply(plan.id, { watch: errors })).rejects.toThrow(
    /broken already \(errors of v2 are .* it would be taken back at once/,
  );
  expect(paper.writes).toEqual([]);
  await here.apply(plan.id);
  await here.ports.clock.advance(10);
  expect(paper.writes).toHaveLength(1);
});

test('waiting for calls to a version that gets none by this very change is refused', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const watch: WatchRequest = {
    forSeconds: 600,
    conditions: [{ kind: 'noTraffic', version: 'v2', forSeconds: 60 }],
  };
  await expect(here.apply((await here.plan([100, 0])).id, { watch })).rejects.toThrow(
    /v2 gets no calls by this very change/,
  );
});

test('a change that someone else wrote over is not taken back', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await shift(here, errors);
  await here.ports.clock.advance(minute);
  paper.foreignWrite([60, 40], 'ben');
  here.traffic.set('v2', { errorRatio: 0.5 });
  await here.ports.clock.advance(minute);
  expect(paper.weights).toEqual([60, 40]);
  expect(watchOf(here, id)).toMatchObject({
    state: 'stopped',
    note: expect.stringMatching(/Not done: ben changed it since/) as string,
  });
});

test('a watch that is stopped by hand takes nothing back', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await shift(here, errors);
  await here.client.operations.stopWatch({ operationId: id });
  here.traffic.set('v2', { errorRatio: 0.5 });
  await here.ports.clock.advance(5 * minute);
  expect(paper.weights).toEqual([50, 50]);
  expect(watchOf(here, id)).toMatchObject({ state: 'stopped', note: 'Stopped by ana@laptop.' });
  await expect(here.client.operations.stopWatch({ operationId: id })).rejects.toThrow(/not watched any more/);
});

test('a change that is undone by hand is not watched any more', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await shift(here, errors);
  await here.apply((await here.client.operations.planUndo({ operationId: id })).id);
  await here.ports.clock.advance(minute);
  expect(watchOf(here, id)).toMatchObject({ state: 'stopped' });
  expect(paper.writes).toHaveLength(2);
});

test('a return that is refused is told and tried again until it is done', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await shift(here, errors);
  await here.ports.clock.advance(minute);
  here.traffic.set('v2', { errorRatio: 0.5 });
  paper.answer = 'refuse';
  await here.ports.clock.advance(minute);
  expect(watchOf(here, id)).toMatchObject({
    state: 'stuck',
    note: expect.stringMatching(/Not done yet: The webhook says no/) as string,
  });
  paper.answer = 'ok';
  await here.ports.clock.advance(minute);
  expect(paper.weights).toEqual([70, 30]);
  expect(watchOf(here, id)).toMatchObject({
    state: 'returned',
    note: expect.stringMatching(
      /^Taken back: errors of v2 are \S+ % of \d+ calls, the limit is 2 %\.$/,
    ) as string,
  });
});

test('a watch goes on after a restart', async () => {
  const paper = createPaper();
  const first = await openPaper(paper);
  const id = await shift(first, errors);
  await first.ports.clock.advance(minute);
  await first.close();
  await using later = await openPaper(paper, {
    records: first.records,
    prefix: 'later-',
    startAt: first.ports.clock.now() + 2 * minute,
    boot: 'later',
  });
  await later.ports.clock.advance(minute);
  expect(watchOf(later, id)).toMatchObject({ state: 'watching' });
  later.traffic.set('v2', { errorRatio: 0.5 });
  await later.ports.clock.advance(minute);
  expect(paper.weights).toEqual([70, 30]);
  expect(watchOf(later, id)).toMatchObject({ state: 'returned' });
});

test.each([
  { points: [0, 0.01, 0.3, 0.4, 0.01], state: 'returned', weights: [70, 30] },
  { points: [0, 0.01, 0.3, 0.01, 0.3], state: 'passed', weights: [50, 50] },
  { points: [null, null, null], state: 'stopped', weights: [50, 50] },
])(
  'a watch whose end nobody saw is judged once by the figures of then: $points is $state',
  async ({ points, state, weights }) => {
    const paper = createPaper();
    const first = await openPaper(paper);
    const id = await shift(first, errors);
    await first.close();
    await using later = await openLocked(paper, {
      records: first.records,
      prefix: 'later-',
      startAt: first.ports.clock.now() + 60 * minute,
      boot: 'later',
    });
    createTraffic(paper, later.ports.clock, ['v1', 'v2']).remember(points, 'v2');
    await later.ports.clock.advance(minute);
    expect(later.records.get(id)?.watch).toMatchObject({ state });
    expect(paper.weights).toEqual(weights);
  },
);

test('a change that leads away from what fails now is not watched, for its way back leads there', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const end = (name: string, version: string | null) => ({
    namespace: 'shop',
    workload: version === null ? name : `${name}-${version}`,
    service: name,
    version,
    instance: null,
  });
  const row = (version: string, responseCode: string, perSecond: number) => ({
    reporter: 'source' as const,
    source: end('order', null),
    destination: end('payment', version),
    host: 'payment.shop.svc.cluster.local',
    subset: version,
    protocol: 'http' as const,
    responseCode,
    grpcStatus: null,
    flags: [],
    perSecond,
  });
  paper.now = () => here.ports.clock.now();
  paper.calls = [row('v1', '200', 70), row('v2', '200', 15), row('v2', '500', 15)];
  const stop = new AbortController();
  void (async () => {
    const ticks = await here.client.signals.watch({ windowSeconds: 60 }, { signal: stop.signal });
    for await (const _ of ticks) continue;
  })();
  await here.ports.clock.advance(5_000);
  const plan = await here.plan([95, 5]);
  expect(plan.direction).toBe('awayFromHarm');
  const watch: WatchRequest = {
    forSeconds: 600,
    conditions: [{ kind: 'latency', version: 'v1', aboveP99Ms: 500 }],
  };
  await expect(here.apply(plan.id, { watch })).rejects.toThrow(/going back would lead to it/);
  expect(paper.writes).toEqual([]);
  stop.abort();
});

test('what is watched is listed with its end, and not any more once it is over', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await shift(here, errors);
  const lists: unknown[] = [];
  const stop = new AbortController();
  void (async () => {
    for await (const list of await here.client.holds.watch(undefined, { signal: stop.signal }))
      lists.push(list);
  })();
  await here.ports.clock.advance(minute);
  expect(lists.at(-1)).toMatchObject([{ operationId: id, kind: 'watch', state: 'watching' }]);
  await here.ports.clock.advance(11 * minute);
  expect(lists.at(-1)).toEqual([]);
  stop.abort();
});

test('figures that stop half way do not let a watch pass on what it saw before', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await shift(here, errors);
  await here.ports.clock.advance(2 * minute);
  expect(watchOf(here, id)).toMatchObject({ state: 'watching', readings: [0] });
  const frozen = paper.counters(0);
  paper.counters = () => frozen;
  paper.lines = () => [];
  await here.ports.clock.advance(9 * minute);
  expect(watchOf(here, id)).toMatchObject({
    state: 'stopped',
    note: expect.stringMatching(/Whether anything came true is not known/) as string,
  });
});

test('a condition that was never measured does not pass because another one was', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  here.traffic.set('v2', { callsPerSecond: 0 });
  await here.ports.clock.advance(2 * minute);
  const id = await shift(here, {
    forSeconds: 300,
    conditions: [
      { kind: 'errors', version: 'v2', aboveRatio: 0.02 },
      { kind: 'errors', version: 'v1', aboveRatio: 0.5 },
    ],
  });
  await here.ports.clock.advance(6 * minute);
  expect(watchOf(here, id)).toMatchObject({
    state: 'stopped',
    note: expect.stringMatching(/is not known: too few calls of v2/) as string,
  });
});

test('a change whose values before are not kept is not watched, for there is no way back', async () => {
  const paper: Paper = { ...createPaper(), withheld: true };
  await using here = await openPaper(paper);
  await expect(shift(here, errors)).rejects.toThrow(/values before are secret and not kept/);
  expect(paper.writes).toEqual([]);
});

test('the host is asked to keep the machine awake for as long as a change is watched', async () => {
  const paper = createPaper();
  const told: (readonly Kept[])[] = [];
  await using here = await openPaper(paper, { ports: { keepAwake: (kept) => void told.push(kept) } });
  const id = await shift(here, errors);
  await here.ports.clock.advance(minute);
  expect(told).toEqual([[{ kind: 'watch', title: here.records.get(id)?.title }]]);
  await here.ports.clock.advance(11 * minute);
  expect(told).toHaveLength(2);
  expect(told.at(-1)).toEqual([]);
});

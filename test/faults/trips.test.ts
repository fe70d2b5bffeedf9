import { expect, test } from 'vitest';
import { openPaper } from '../support/openPaper.ts';
import { createPaper, paperHost, type Paper } from '../support/paperConnector.ts';
import { wakeAll } from '../support/paperIsolation.ts';
import type { Kept } from '../../shared/core/ports.ts';
import type { OperationRecord } from '../../shared/model/record.ts';

type Here = Awaited<ReturnType<typeof openPaper>>;
const minute = 60_000;
const day = 24 * 60 * minute;

/** Trips payment for five minutes and gives the operation's id. */
async function trip(here: Here): Promise<string> {
  await here.client.connections.unlock({ id: here.id });
  const plan = await here.client.operations.plan({
    operation: {
      kind: 'trip',
      connectionId: 'paper',
      call: { calleeId: 'paper/shop/payment', host: paperHost, caller: null },
      mechanism: { kind: 'refuse', status: 503 },
      forSeconds: 300,
    },
  });
  const { operationId } = await here.apply(plan.id, {
    ticked: plan.guards.map(({ id }) => id),
    typedName: plan.serviceName,
  });
  await here.ports.clock.advance(10);
  return operationId;
}

const holdOf = (here: Here, id: string) => here.records.get(id)?.hold;
const returnsOf = (here: Here, id: string) =>
  [...here.records.values()].filter(({ undoOf }) => undoOf === id);

/** A console that is opened later, on the same journal: it goes on from the hour at which the first one ended. */
async function openLater(before: Here, paper: Paper, ms: number, prefix = 'later-') {
  const later = await openPaperAt(paper, before.records, before.ports.clock.now() + ms, prefix);
  await later.ports.clock.advance(1_000);
  return later;
}

async function openPaperAt(paper: Paper, records: Map<string, OperationRecord>, at: number, prefix: string) {
  return openPaper(paper, { records, prefix, startAt: at, boot: prefix });
}

test('M17 a trip ends at its deadline, once, by its recorded inverse', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await trip(here);
  await here.ports.clock.advance(5 * minute - 2_000);
  expect(paper.trip).not.toBeNull();
  await here.ports.clock.advance(4_000);
  expect(paper.trip).toBeNull();
  await here.ports.clock.advance(10 * minute);
  expect(paper.tripWrites).toEqual([expect.objectContaining({ status: 503 }), null]);
  expect(holdOf(here, id)).toMatchObject({ state: 'ended', note: 'Ended at its deadline.' });
  const [back] = returnsOf(here, id);
  expect(back).toMatchObject({
    state: 'written',
    reason: expect.stringMatching(/deadline passed/) as string,
  });
  expect(here.records.get(id)).toMatchObject({ undoneBy: back?.id });
});

test('M17 a deadline that passes while Podium is closed is done first thing at the next start', async () => {
  const paper = createPaper();
  const first = await openPaper(paper);
  const id = await trip(first);
  await first.close();
  expect(paper.trip).not.toBeNull();
  await using later = await openLater(first, paper, 3 * 60 * minute);
  expect(paper.trip).toBeNull();
  expect(paper.tripWrites).toHaveLength(2);
  expect(holdOf(later, id)).toMatchObject({ state: 'ended', note: 'Ended 3 h after its deadline.' });
});

test('M17 a trip that an earlier run left is tended at the next start, before anybody connects', async () => {
  const paper = createPaper();
  const first = await openPaper(paper);
  const id = await trip(first);
  await first.close();
  const at = first.ports.clock.now() + minute;
  await using later = await openPaper(paper, {
    records: first.records,
    prefix: 'later-',
    startAt: at,
    boot: 'later',
    start: true,
  });
  await later.ports.clock.advance(5 * minute);
  expect(paper.trip).toBeNull();
  expect(holdOf(later, id)).toMatchObject({ state: 'ended' });
});

test('a start at which nothing is held opens nothing', async () => {
  const paper = createPaper();
  const first = await openPaper(paper);
  await first.close();
  const opened = paper.opened;
  await using later = await openPaper(paper, { records: first.records, prefix: 'later-', start: true });
  await later.ports.clock.advance(minute);
  expect(paper.opened).toBe(opened);
});

test.each([
  ['a day ahead', day],
  ['a day back', -day],
  ['an hour ahead, as in summer time', 60 * minute],
  ['an hour back', -60 * minute],
])('M17 a clock that is set %s ends nothing early, late or twice', async (_, ms) => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await trip(here);
  await here.ports.clock.advance(minute);
  here.ports.clock.setBy(ms);
  await here.ports.clock.advance(4 * minute - 2_000);
  expect(paper.trip).not.toBeNull();
  await here.ports.clock.advance(4_000);
  expect(paper.trip).toBeNull();
  here.ports.clock.setBy(-ms);
  await here.ports.clock.advance(10 * minute);
  expect(paper.tripWrites).toHaveLength(2);
  expect(returnsOf(here, id)).toHaveLength(1);
});

test('M17 a clock that was set a day ahead while Podium was closed ends nothing early on the same run of the machine', async () => {
  const paper = createPaper();
  const first = await openPaper(paper);
  await trip(first);
  await first.close();
  await using later = await openPaper(paper, {
    records: first.records,
    prefix: 'later-',
    startAt: first.ports.clock.now() + day,
    elapsed: first.ports.clock.elapsed() + minute,
  });
  await later.ports.clock.advance(3 * minute);
  expect(paper.trip).not.toBeNull();
  await later.ports.clock.advance(2 * minute);
  expect(paper.trip).toBeNull();
});

test('M17 a deadline that passes while the machine sleeps is done when it wakes', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await trip(here);
  here.ports.clock.sleepMachine(3 * 60 * minute);
  await here.ports.clock.advance(2_000);
  expect(paper.trip).toBeNull();
  expect(paper.tripWrites).toHaveLength(2);
  expect(holdOf(here, id)?.note).toMatch(/^Ended 3 h after/);
});

test('M17 a sleep that ends before the deadline ends nothing early', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await trip(here);
  here.ports.clock.sleepMachine(4 * minute);
  await here.ports.clock.advance(58_000);
  expect(paper.trip).not.toBeNull();
  await here.ports.clock.advance(4_000);
  expect(paper.trip).toBeNull();
});

test('M18 a value that someone else changed during a trip is not put back unasked', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await trip(here);
  paper.trip = { status: 429, until: 0, marker: 'of-ben', by: 'ben' };
  paper.revision += 1;
  paper.changedBy = 'ben';
  await here.ports.clock.advance(20 * minute);
  expect(paper.trip).toMatchObject({ status: 429 });
  expect(paper.tripWrites).toHaveLength(1);
  expect(holdOf(here, id)).toMatchObject({
    state: 'changed',
    note: expect.stringMatching(/^ben changed it since/) as string,
  });
  const undo = await here.client.operations.planUndo({ operationId: id });
  expect(undo.threeWay).toMatchObject({ kind: 'document', changedBy: 'ben' });
  await here.apply(undo.id);
  await here.ports.clock.advance(10);
  expect(paper.trip).toBeNull();
  expect(holdOf(here, id)).toMatchObject({ state: 'ended' });
});

test('M18 a value that changes between reading it and planning its way back is not put back unasked', async () => {
  const paper: Paper = createPaper();
  await using here = await openPaper(paper);
  const id = await trip(here);
  await here.ports.clock.advance(4 * minute);
  paper.onRead = () => {
    paper.trip = { status: 429, until: here.ports.clock.now() + day, marker: 'of-ben', by: 'ben' };
    paper.revision += 1;
    paper.changedBy = 'ben';
  };
  await here.ports.clock.advance(2 * minute);
  expect(paper.trip).toMatchObject({ status: 429 });
  expect(paper.tripWrites).toHaveLength(1);
  expect(holdOf(here, id)).toMatchObject({ state: 'changed' });
});

test('M18 a trip that someone else changed can be left as it is', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await trip(here);
  await expect(here.client.holds.leave({ operationId: id })).rejects.toThrow(/Only a trip that/);
  paper.trip = { status: 429, until: 0, marker: 'of-ben', by: 'ben' };
  paper.revision += 1;
  await here.ports.clock.advance(6 * minute);
  await here.client.holds.leave({ operationId: id });
  expect(holdOf(here, id)).toMatchObject({
    state: 'ended',
    leftBy: 'ana@laptop',
    note: 'Left in force by ana@laptop.',
  });
  expect(paper.trip).toMatchObject({ status: 429 });
});

test('M20 a right that was taken away during a trip alarms with what to run by hand, and is tried again with patience', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await trip(here);
  paper.forbidden = true;
  await here.ports.clock.advance(6 * minute);
  expect(holdOf(here, id)).toMatchObject({
    state: 'stuck',
    note: expect.stringMatching(/may not patch.*By hand: kubectl patch paper payment/s) as string,
  });
  await here.ports.clock.advance(60 * minute);
  const tries = holdOf(here, id)?.attempts ?? 0;
  expect(tries).toBeGreaterThan(8);
  expect(tries).toBeLessThan(25);
  expect(await first(here.client.holds.watch())).toMatchObject([{ operationId: id, state: 'stuck' }]);
  paper.forbidden = false;
  await here.ports.clock.advance(7 * minute);
  expect(paper.trip).toBeNull();
  expect(paper.tripWrites).toHaveLength(2);
  expect(holdOf(here, id)).toMatchObject({ state: 'ended' });
});

test('a trip that was ended by hand before its deadline is left alone at it', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await trip(here);
  await here.apply((await here.client.operations.planUndo({ operationId: id })).id);
  await here.ports.clock.advance(20 * minute);
  expect(paper.tripWrites).toHaveLength(2);
  expect(holdOf(here, id)).toMatchObject({ state: 'ended', note: 'It was undone by hand.' });
});

test('a trip that another Podium ended is not counted down any more', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await trip(here);
  await here.ports.clock.advance(minute);
  paper.trip = null;
  paper.revision += 1;
  paper.changedBy = 'ben';
  wakeAll(paper);
  await here.ports.clock.advance(3_000);
  expect(holdOf(here, id)).toMatchObject({ state: 'ended', note: 'Ended by ben before its deadline.' });
  await here.ports.clock.advance(10 * minute);
  expect(paper.tripWrites).toHaveLength(1);
});

test('a lock that was set after a trip does not hold up its end', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await trip(here);
  await here.client.connections.lock({ id: here.id });
  await here.ports.clock.advance(6 * minute);
  expect(paper.trip).toBeNull();
});

test('a trip is not ended on another server of the same name, and says so until its own is open', async () => {
  const paper = createPaper();
  const first = await openPaper(paper);
  const id = await trip(first);
  await first.close();
  paper.server = 'https://elsewhere.test';
  await using later = await openLater(first, paper, 10 * minute);
  expect(paper.tripWrites).toHaveLength(1);
  expect(holdOf(later, id)).toMatchObject({
    state: 'stuck',
    note: expect.stringMatching(/paper \(https:\/\/paper\.test\) is not open here/) as string,
  });
  paper.server = 'https://paper.test';
  await later.client.connections.lookAgain({ id: later.id });
  await later.ports.clock.advance(3_000);
  expect(paper.trip).toBeNull();
});

test('the second console on one journal ends nothing', async () => {
  const paper = createPaper();
  const first = await openPaper(paper);
  await trip(first);
  await first.close();
  await using second = await openPaper(paper, {
    records: first.records,
    writable: false,
    startAt: first.ports.clock.now() + 10 * minute,
    boot: 'second',
  });
  await second.ports.clock.advance(minute);
  expect(paper.tripWrites).toHaveLength(1);
});

test('an answer that was lost on the way back is resolved by reading, and never sent twice', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await trip(here);
  paper.answer = 'lost';
  await here.ports.clock.advance(10 * minute);
  expect(paper.tripWrites).toHaveLength(2);
  expect(holdOf(here, id)).toMatchObject({ state: 'ended' });
  expect(returnsOf(here, id)).toMatchObject([{ state: 'written' }]);
});

test('a read that lags behind the write of a trip does not end its countdown', async () => {
  const paper: Paper = createPaper();
  await using here = await openPaper(paper);
  const id = await trip(here);
  const written = paper.trip;
  paper.trip = null;
  wakeAll(paper);
  await here.ports.clock.advance(2_000);
  paper.trip = written;
  wakeAll(paper);
  await here.ports.clock.advance(10_000);
  expect(holdOf(here, id)).toMatchObject({ state: 'held' });
});

test('the host is asked to keep the machine awake for as long as a trip is held', async () => {
  const paper = createPaper();
  const told: (readonly Kept[])[] = [];
  await using here = await openPaper(paper, { ports: { keepAwake: (kept) => void told.push(kept) } });
  await trip(here);
  await here.ports.clock.advance(minute);
  const held = [{ kind: 'trip', title: 'Trip payment' }];
  expect(told).toEqual([held]);
  await here.ports.clock.advance(10 * minute);
  expect(told).toEqual([held, []]);
});

test('an end that one of two documents refused is gone on with until both are as before', async () => {
  const paper = { ...createPaper(), twin: null, refuseTwin: false };
  await using here = await openPaper(paper);
  const id = await trip(here);
  expect(paper.twin).not.toBeNull();
  paper.refuseTwin = true;
  await here.ports.clock.advance(6 * minute);
  expect([paper.trip === null, paper.twin === null]).toEqual([true, false]);
  expect(holdOf(here, id)).toMatchObject({
    state: 'stuck',
    note: expect.stringMatching(/The twin moved.*By hand: kubectl patch/s) as string,
  });
  paper.refuseTwin = false;
  await here.ports.clock.advance(10 * minute);
  expect(paper.twin).toBeNull();
  expect(holdOf(here, id)).toMatchObject({ state: 'ended' });
});

test('a trip of which nobody could tell whether it was written ends at its deadline where it stands as written', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  paper.answer = 'lost';
  let written: Paper['trip'] = null;
  paper.onWritten = () => {
    written = paper.trip;
    paper.trip = { status: 429, until: here.ports.clock.now() + day, marker: 'of-ben', by: 'ben' };
  };
  const id = await trip(here);
  await here.ports.clock.advance(minute);
  expect(here.records.get(id)).toMatchObject({ state: 'unknown', finishedAt: expect.any(Number) as number });
  paper.answer = 'ok';
  paper.onWritten = () => undefined;
  paper.trip = written;
  paper.revision += 1;
  await here.ports.clock.advance(5 * minute);
  expect(paper.trip).toBeNull();
  expect(holdOf(here, id)).toMatchObject({ state: 'ended', note: 'Ended at its deadline.' });
});

test('a trip that was ended is not brought back by an undo', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const id = await trip(here);
  const { operationId } = await here.apply((await here.client.operations.planUndo({ operationId: id })).id);
  await here.ports.clock.advance(10);
  await expect(here.client.operations.planUndo({ operationId })).rejects.toThrow(/Trip the call again/);
});

async function first<T>(stream: Promise<AsyncIterable<T>>): Promise<T> {
  for await (const value of await stream) return value;
  throw new Error('the stream ended');
}

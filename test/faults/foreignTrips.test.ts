import { expect, test } from 'vitest';
import { openPaper } from '../support/openPaper.ts';
import { createPaper, type Paper } from '../support/paperConnector.ts';
import { wakeAll } from '../support/paperIsolation.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

test('a trip of another Podium is ended half a minute after its deadline, and only where this one may write', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  paper.serverNow = () => here.ports.clock.now();
  const until = here.ports.clock.now() + minute;
  paper.trip = { status: 503, until, marker: 'of-another', by: 'ben' };
  paper.revision += 1;
  wakeAll(paper);
  await here.ports.clock.advance(3 * minute);
  expect(paper.trip).not.toBeNull();
  await here.client.connections.unlock({ id: here.id });
  await here.ports.clock.advance(2_000);
  expect(paper.trip).toBeNull();
  expect([...here.records.values()]).toMatchObject([
    {
      operation: { kind: 'endTrip' },
      state: 'written',
      reason: expect.stringMatching(/ben did not/) as string,
    },
  ]);
});

test('a trip of another Podium is left to it until its deadline and half a minute have passed', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  paper.serverNow = () => here.ports.clock.now();
  await here.client.connections.unlock({ id: here.id });
  const until = here.ports.clock.now() + minute;
  paper.trip = { status: 503, until, marker: 'of-another', by: 'ben' };
  paper.revision += 1;
  wakeAll(paper);
  await here.ports.clock.advance(minute + 28_000);
  expect(paper.tripWrites).toEqual([]);
  await here.ports.clock.advance(10_000);
  expect(paper.tripWrites).toEqual([null]);
});

test('the end of another Podium’s trip is not asked for again while its answer is still looked for', async () => {
  const paper: Paper = createPaper();
  await using here = await openPaper(paper);
  paper.serverNow = () => here.ports.clock.now();
  await here.client.connections.unlock({ id: here.id });
  const until = here.ports.clock.now() + minute;
  paper.trip = { status: 503, until, marker: 'of-another', by: 'ben' };
  paper.revision += 1;
  wakeAll(paper);
  paper.answer = 'never';
  paper.onRead = () => {
    throw new Error('nothing can be read either');
  };
  await here.ports.clock.advance(minute + 36_000);
  expect([...here.records.values()]).toMatchObject([{ state: 'unknown', finishedAt: null }]);
  await here.ports.clock.advance(2 * minute);
  expect(here.records.size).toBe(1);
  paper.answer = 'ok';
  paper.onRead = () => undefined;
  await here.ports.clock.advance(5 * minute);
  expect(paper.trip).toBeNull();
});

test.each([
  ['a day ahead', day],
  ['a day behind', -day],
])(
  'a trip of another Podium is ended by its peer’s time where this machine’s clock is %s',
  async (_, aheadMs) => {
    const paper = createPaper();
    await using here = await openPaper(paper);
    paper.serverNow = () => here.ports.clock.now() - aheadMs;
    await here.client.connections.unlock({ id: here.id });
    const until = here.ports.clock.now() - aheadMs + minute;
    paper.trip = { status: 503, until, marker: 'of-another', by: 'ben' };
    paper.revision += 1;
    wakeAll(paper);
    const shown = await here.client.trips.watch();
    expect((await shown.next()).value).toMatchObject([
      { until: here.ports.clock.now() + minute, timeDoubt: false },
    ]);
    await shown.return?.();
    await here.ports.clock.advance(minute + 28_000);
    expect(paper.tripWrites).toEqual([]);
    await here.ports.clock.advance(10_000);
    expect(paper.tripWrites).toEqual([null]);
  },
);

test('a peer that turns out to be behind when the end is planned keeps the trip until its own time has come', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  let behindMs = 0;
  paper.serverNow = () => here.ports.clock.now() - behindMs;
  await here.client.connections.unlock({ id: here.id });
  const until = here.ports.clock.now() + minute;
  paper.trip = { status: 503, until, marker: 'of-another', by: 'ben' };
  paper.revision += 1;
  wakeAll(paper);
  await here.ports.clock.advance(1_000);
  behindMs = 5 * minute;
  await here.ports.clock.advance(5 * minute);
  expect(paper.tripWrites).toEqual([]);
  await here.ports.clock.advance(2 * minute);
  expect(paper.tripWrites).toEqual([null]);
});

test('a trip of another Podium is not ended by this machine’s clock where the peer does not tell its time', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const until = here.ports.clock.now() + minute;
  paper.trip = { status: 503, until, marker: 'of-another', by: 'ben' };
  paper.revision += 1;
  wakeAll(paper);
  await here.ports.clock.advance(10 * minute);
  expect(paper.tripWrites).toEqual([]);
  const shown = await here.client.trips.watch();
  expect((await shown.next()).value).toMatchObject([{ timeDoubt: true }]);
  await shown.return?.();
});

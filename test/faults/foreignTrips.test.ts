import { expect, test } from 'vitest';
import { openPaper } from '../support/openPaper.ts';
import { createPaper, type Paper } from '../support/paperConnector.ts';
import { wakeAll } from '../support/paperIsolation.ts';

const minute = 60_000;

test('a trip of another Podium is ended half a minute after its deadline, and only where this one may write', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
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

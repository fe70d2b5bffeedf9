import { expect, test } from 'vitest';
import { openPaper as openLocked } from '../../../test/support/openPaper.ts';
import { createPaper, type Paper } from '../../../test/support/paperConnector.ts';
import { createTraffic } from '../../../test/support/paperTraffic.ts';
import type { WatchRequest } from '../../model/watch.ts';

const errors: WatchRequest = {
  forSeconds: 600,
  conditions: [{ kind: 'errors', version: 'v2', aboveRatio: 0.02 }],
};

async function openPaper(paper: Paper) {
  const here = await openLocked(paper);
  await here.client.connections.unlock({ id: here.id });
  return { ...here, traffic: createTraffic(paper, here.ports.clock, ['v1', 'v2']) };
}

type Here = Awaited<ReturnType<typeof openPaper>>;

/** v2 fails until somebody gives it fewer calls. */
async function calm(paper: Paper, here: Here, isTold: boolean): Promise<void> {
  here.traffic.set('v2', { errorRatio: 0.3 });
  await here.ports.clock.advance(60_000);
  here.traffic.set('v2', { errorRatio: 0 });
  if (isTold) paper.changedAt = here.ports.clock.now();
  paper.foreignWrite([90, 10], 'ben');
  await here.ports.clock.advance(20_000);
}

test('errors from before the last change do not break a condition', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await calm(paper, here, true);
  await here.apply((await here.plan([80, 20])).id, { watch: errors });
  await here.ports.clock.advance(10);
  expect(paper.weights).toEqual([80, 20]);
});

test('errors since the last change do, and so do those of the last minute where no change is told of', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await calm(paper, here, false);
  await expect(here.apply((await here.plan([80, 20])).id, { watch: errors })).rejects.toThrow(
    /broken already/,
  );
  paper.changedAt = here.ports.clock.now();
  paper.foreignWrite([85, 15], 'ben');
  here.traffic.set('v2', { errorRatio: 0.1 });
  await here.ports.clock.advance(20_000);
  await expect(here.apply((await here.plan([80, 20])).id, { watch: errors })).rejects.toThrow(
    /broken already \(errors of v2 are 10 %/,
  );
  expect(paper.writes).toEqual([]);
});

test('a watch too short for the figures to say anything is refused', async () => {
  const paper = createPaper();
  paper.scrapeIntervalSeconds = 10;
  await using here = await openPaper(paper);
  const watch = { ...errors, forSeconds: 20 };
  await expect(here.apply((await here.plan([80, 20])).id, { watch })).rejects.toThrow(
    /figures come every 10 s, so 20 s are too short .* Watch for 30 s at least/,
  );
  expect(paper.writes).toEqual([]);
});

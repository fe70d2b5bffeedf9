import { expect, test } from 'vitest';
import { openPaper } from '../../test/support/openPaper.ts';
import { createPaper } from '../../test/support/paperConnector.ts';

const startAt = 1_790_000_000_000;

/** What the charts of payment mark, and the lines below them that say why it fails. */
async function read({ client }: Awaited<ReturnType<typeof openPaper>>, rangeSeconds = 900) {
  const stop = new AbortController();
  const stream = await client.signals.charts(
    { serviceId: 'paper/shop/payment', rangeSeconds },
    { signal: stop.signal },
  );
  for await (const { marks } of stream) {
    stop.abort();
    return marks.map(({ at, title }) => ({ at, title }));
  }
  throw new Error('no charts came');
}

test('who changed the weights before us stays marked after our own write, for as long as the chart reaches back', async () => {
  const paper = createPaper();
  paper.foreignWrite([70, 30], 'kubectl-edit');
  paper.changedAt = startAt - 60_000;
  await using opened = await openPaper(paper, { startAt });
  const theirs = { at: startAt - 60_000, title: 'weights set by kubectl-edit' };
  expect(await read(opened)).toEqual([theirs]);

  await opened.client.connections.unlock({ id: opened.id });
  paper.onWritten = () => (paper.changedAt = opened.ports.clock.now());
  await opened.apply((await opened.plan([95, 5])).id);
  await opened.ports.clock.advance(10);
  expect(await read(opened)).toEqual([theirs, { at: expect.any(Number), title: 'v2 5 %' }]);

  await opened.ports.clock.advance(960_000);
  expect(await read(opened)).toEqual([]);
});

test('a change of the document that leaves the weights as they were is not told as one of the weights', async () => {
  const paper = createPaper();
  await using opened = await openPaper(paper, { startAt });
  for (const [weights, who] of [
    [[70, 30], 'kubectl-edit'],
    [[70, 30], 'argocd-controller'],
    [[50, 50], 'helm'],
  ] as const) {
    await opened.ports.clock.advance(5_000);
    paper.changedAt = opened.ports.clock.now();
    paper.foreignWrite([...weights], who);
    await opened.ports.clock.advance(10);
  }
  expect((await read(opened)).map(({ title }) => title)).toEqual([
    'Paper payment changed by kubectl-edit',
    'Paper payment changed by argocd-controller',
    'weights set by helm',
  ]);
});

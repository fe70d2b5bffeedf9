import { expect, test } from 'vitest';
import { openPaper } from '../../test/support/openPaper.ts';
import { createPaper } from '../../test/support/paperConnector.ts';
import type { OperationRecord } from '../model/record.ts';

test('every write that an earlier run left open is taken up, however many there are', async () => {
  const paper = createPaper();
  const first = await openPaper(paper);
  await first.client.connections.unlock({ id: first.id });
  const { operationId } = await first.apply((await first.plan([95, 5])).id);
  await first.ports.clock.advance(10);
  await first.close();
  const written = first.records.get(operationId);
  if (written === undefined) throw new Error('nothing was taken down');
  const records = new Map<string, OperationRecord>();
  const open = { ...written, revisionAfter: null, writtenChanges: null, finishedAt: null };
  for (let i = 0; i < 60; i += 1) {
    records.set(`open-${i}`, { ...open, id: `open-${i}`, state: i % 2 === 0 ? 'writing' : 'unknown' });
    // Those that nobody will ever know of are over, and take no place from those that are open.
    records.set(`over-${i}`, { ...open, id: `over-${i}`, state: 'unknown', finishedAt: written.at });
  }
  await using later = await openPaper(paper, {
    records,
    prefix: 'later-',
    startAt: first.ports.clock.now() + 60_000,
  });
  await later.ports.clock.advance(2_000);
  const left = [...records.values()].filter(({ id, state }) => id.startsWith('open-') && state !== 'written');
  expect(left.map(({ id, state }) => [id, state])).toEqual([]);
});

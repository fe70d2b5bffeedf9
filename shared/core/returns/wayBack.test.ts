import { expect, test } from 'vitest';
import { openPaper } from '../../../test/support/openPaper.ts';
import { createMemoryJournal } from '../../../test/support/memoryPorts.ts';
import { createPaper } from '../../../test/support/paperConnector.ts';
import { createJournal } from '../journal.ts';
import type { LiveConnection } from '../liveConnection.ts';
import type { Operations } from '../operations.ts';
import { createWayBack } from './wayBack.ts';
import type { OperationRecord } from '../../model/record.ts';

/** A record as a console on paper writes it. */
async function aRecord(): Promise<OperationRecord> {
  await using here = await openPaper(createPaper());
  await here.client.connections.unlock({ id: here.id });
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  const record = here.records.get(operationId);
  if (record === undefined) throw new Error('nothing was taken down');
  return record;
}

const connection = (id: string, title: string, server: string) =>
  ({ id, title, server: () => server }) as unknown as LiveConnection;

const wayBackOver = (...open: readonly LiveConnection[]) =>
  createWayBack({
    connections: { open: new Map(open.map((one) => [one.id, one])) },
    journal: createJournal({ journal: createMemoryJournal(), log: console }),
    operations: {} as Operations,
  });

test('of two connections alike in title and server the one that an operation was written on takes it back', async () => {
  const record = await aRecord();
  const { title, server } = record.connection;
  const alike = connection('another-id', title, server);
  const own = connection(record.connection.id, 'renamed', server);
  expect(wayBackOver(alike, own).connectionOf(record)).toBe(own);
  expect(wayBackOver(alike).connectionOf(record)).toBeNull();
});

test('a connection of the same id that leads to another server takes nothing back', async () => {
  const record = await aRecord();
  const { id, title } = record.connection;
  expect(wayBackOver(connection(id, title, 'https://elsewhere.test')).connectionOf(record)).toBeNull();
});

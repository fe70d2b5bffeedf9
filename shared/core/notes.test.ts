import { expect, test } from 'vitest';
import { createMemoryPorts } from '../../test/support/memoryPorts.ts';
import { recordOf } from '../../test/support/records.ts';
import type { OperationNote } from '../connectors/kit/notes.ts';
import type { OperationRecord } from '../model/record.ts';
import { defaultSettings } from '../model/settings.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import { leaveNotes } from './notes.ts';
import type { SettingsKeeper } from './settings.ts';

const changeOf = (name: string): OperationRecord['changes'][number] =>
  ({ document: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name, uid: name } }) as never;

test('an operation that was written in part leaves a note that says so', async () => {
  const ports = createMemoryPorts();
  const left: [string, OperationNote][] = [];
  let tell: (record: OperationRecord) => void = () => undefined;
  const notes = {
    leave: (document: { readonly name: string }, note: OperationNote) => {
      left.push([document.name, note]);
      return Promise.resolve(true);
    },
  };
  // Only what notes ask of a journal, of settings and of a connection.
  leaveNotes({
    journal: { onWritten: (listener: typeof tell) => void (tell = listener) } as unknown as Journal,
    settings: { current: defaultSettings } as unknown as SettingsKeeper,
    ports,
    connection: () =>
      ({
        closed: new AbortController().signal,
        sources: [{ session: { notes } }],
      }) as unknown as LiveConnection,
    service: () => null,
  });
  const record = recordOf({ at: ports.clock.now(), changes: [changeOf('a'), changeOf('b')] });
  tell({ ...record, id: 'none', state: 'notWritten' });
  tell({ ...record, state: 'partly', writtenChanges: 1 });
  await expect.poll(() => left.length).toBe(1);
  expect(left[0]?.[0]).toBe('a');
  expect(left[0]?.[1].text).toMatch(/^Shift payment \(in part: 1 of 2 documents\), by ana/);
});

import { expect, test } from 'vitest';
import type { Change } from '../model/change.ts';
import type { DocumentRef } from '../model/entity.ts';
import { recordOf } from '../../test/support/records.ts';
import { versionsIn, withLastWriters } from './configVersions.ts';

const document: DocumentRef = {
  connectionId: 'c1',
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'shop',
  name: 'order',
  uid: 'u1',
};
const change = (before: string, after: string, rest: Partial<Change> = {}): Change => ({
  document,
  action: 'patch',
  revision: '1',
  patch: [],
  inverse: [],
  before,
  after,
  withheld: false,
  ...rest,
});
const seen = (records: Parameters<typeof versionsIn>[0]) =>
  versionsIn(records, { ...document, connectionId: 'c2', uid: 'another life' }).map(
    ({ who, yaml, operationId }) => [operationId, who, yaml],
  );

test('each operation gives the version it wrote, and the one it found where another wrote in between', () => {
  expect(
    seen([
      recordOf({ id: 'o2', at: 2, changes: [change('b', 'c')] }),
      recordOf({ id: 'o1', at: 1, changes: [change('a', 'b')] }),
      recordOf({ id: 'o3', at: 3, actor: 'bo', changes: [change('x', 'd')] }),
    ]),
  ).toEqual([
    ['o3', 'bo', 'd'],
    ['o3', 'someone past this Podium', 'x'],
    ['o2', 'ana', 'c'],
    ['o1', 'ana', 'b'],
    ['o1', 'someone past this Podium', 'a'],
  ]);
});

test('a Secret’s versions are only who and when, and what was not written is no version', () => {
  const other = { ...document, name: 'other' };
  expect(
    seen([
      recordOf({ id: 'o1', at: 1, changes: [change('', '', { withheld: true })] }),
      recordOf({ id: 'o2', at: 2, changes: [change('a', 'b', { document: other })] }),
      recordOf({
        id: 'o3',
        at: 3,
        state: 'partly',
        writtenChanges: 1,
        changes: [change('a', 'b', { document: other }), change('a', 'b')],
      }),
    ]),
  ).toEqual([['o1', 'ana', null]]);
});

test('a version that was found names who wrote last before it, where the peer still knows', () => {
  const versions = versionsIn(
    [
      recordOf({ id: 'o1', at: 60_000, changes: [change('a', 'b')] }),
      recordOf({ id: 'o2', at: 180_000, changes: [change('x', 'c')] }),
    ],
    document,
  );
  const writers = [
    { who: 'kubectl', at: 120_000, source: 'managedFields' },
    { who: 'argocd', at: 200_000, source: 'managedFields' },
    { who: 'helm', at: 30_000, source: 'managedFields' },
  ];
  const notes = withLastWriters(versions, writers).map(({ yaml, note }) => [yaml, note]);
  const found = 'ana found it so at the change that follows; when it was written is not in the journal';
  expect(notes).toEqual([
    ['c', null],
    ['x', `${found}; kubectl wrote to it at 1970-01-01 00:02:00 UTC, by managedFields`],
    ['b', null],
    ['a', `${found}; helm wrote to it at 1970-01-01 00:00:30 UTC, by managedFields`],
  ]);
  expect(withLastWriters(versions, [])[1]?.note).toBe(found);
});

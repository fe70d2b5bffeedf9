import { expect, test } from 'vitest';
import type { Change } from '../model/change.ts';
import type { DocumentRef } from '../model/entity.ts';
import { recordOf } from '../../test/support/records.ts';
import { versionsIn } from './configVersions.ts';

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
    ['o3', 'not recorded', 'x'],
    ['o2', 'ana', 'c'],
    ['o1', 'ana', 'b'],
    ['o1', 'not recorded', 'a'],
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

import { expect, test } from 'vitest';
import type { Change } from '../../model/change.ts';
import { shareDocument } from './sameChanges.ts';

const changeOn = (connectionId: string, name = 'payment'): { changes: Change[] } => ({
  changes: [
    {
      document: { connectionId, apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name, uid: 'u' },
      action: 'patch',
      revision: '1',
      withheld: false,
      patch: [],
      inverse: [],
      before: '',
      after: '',
    },
  ],
});

test('two changes of one document share it', () => {
  expect(shareDocument(changeOn('east'), changeOn('east'))).toBe(true);
  expect(shareDocument(changeOn('east'), changeOn('east', 'order'))).toBe(false);
});

test('documents of one name in two clusters are two', () => {
  expect(shareDocument(changeOn('east'), changeOn('west'))).toBe(false);
});

import { expect, test } from 'vitest';
import type { Change } from '../../../model/change.ts';
import { contentYaml } from './content.ts';
import { placesBack } from './undo.ts';

/** Someone asks for a NodePort; the server chooses a port with it, and notes who asked. */
const before = { spec: { type: 'ClusterIP' } };
const after = { metadata: { annotations: { by: 'webhook' } }, spec: { type: 'NodePort', nodePort: 30_001 } };
const change: Change = {
  document: { connectionId: 'c', apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'a', uid: 'u' },
  action: 'patch',
  revision: '1',
  withheld: false,
  patch: [{ op: 'replace', path: '/spec/type', value: 'NodePort' }],
  inverse: [],
  before: contentYaml(before),
  after: contentYaml(after),
};

test('what the server wrote with a change goes back with it', () => {
  expect(placesBack(change, after)).toEqual([
    ['spec', 'type'],
    ['spec', 'nodePort'],
  ]);
});

test('what somebody wrote since where the server had written stays', () => {
  expect(placesBack(change, { spec: { ...after.spec, nodePort: 31_000 } })).toEqual([['spec', 'type']]);
});

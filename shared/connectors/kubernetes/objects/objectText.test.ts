import { expect, test } from 'vitest';
import type { KubeObject } from '../../kube/objects.ts';
import { objectText } from './objectText.ts';

const secret: KubeObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'login',
    namespace: 'shop',
    uid: 'u',
    resourceVersion: '1',
    annotations: {
      owner: 'ana',
      'kubectl.kubernetes.io/last-applied-configuration': '{"stringData":{"password":"hunter2"}}',
    },
    managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:data': { 'f:password': {} } } }],
  },
  data: { password: Buffer.from('hunter2').toString('base64') },
  stringData: { other: 'hunter2' },
};

test('a Secret’s values are covered wherever they stand, its keys and their lengths are told', () => {
  for (const withManagedFields of [true, false]) {
    const { yaml, notes } = objectText(secret, withManagedFields);
    expect(yaml).not.toContain('hunter2');
    expect(yaml).not.toContain(Buffer.from('hunter2').toString('base64'));
    expect(yaml).toContain('password: (covered, 7 bytes)');
    expect(yaml).toContain('other: (covered, 7 bytes)');
    expect(yaml).toContain('owner: ana');
    expect(notes).toHaveLength(1);
  }
});

test('managed fields are there only when they are asked for', () => {
  expect(objectText(secret, false).yaml).not.toContain('managedFields');
  expect(objectText(secret, true).yaml).toContain('managedFields');
});

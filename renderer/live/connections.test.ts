import { expect, test } from 'vitest';
import { kubernetesFaceOf } from './connections.ts';

const connections = [
  { id: 'dc1', connector: 'consul' },
  { id: 'east', connector: 'kubernetes' },
];
const face = (connectionId: string, name: string, namespace: string | null) => ({
  serviceId: `${connectionId}/${name}`,
  connectionId,
  system: connectionId,
  name,
  namespace,
  hosts: [],
  readyInstances: null,
  desiredInstances: null,
  versions: [],
  reason: null,
});

test('a service that goes by a registry’s name is found as Kubernetes knows it', () => {
  const [registered, served] = [face('dc1', 'order', null), face('east', 'order-api', 'shop')];
  const order = { connectionId: 'dc1', namespace: null, name: 'order', faces: [registered, served] };
  expect(kubernetesFaceOf(order, connections)).toBe(served);
  expect(kubernetesFaceOf({ ...order, connectionId: 'east' }, connections)?.name).toBe('order');
  expect(kubernetesFaceOf({ ...order, faces: [registered] }, connections)).toBeNull();
});

import { expect, test } from 'vitest';
import type { GraphService, GraphUpdate } from '../../shared/model/graph.ts';
import { emptyGraph, foldGraph } from './graphFold.ts';

const serviceOf = (id: string, ready = 1): GraphService => ({
  id,
  connectionId: 'c',
  kind: 'service',
  name: id,
  namespace: 'shop',
  owner: null,
  hosts: [],
  versions: [],
  readyInstances: ready,
  desiredInstances: ready,
  recentRestarts: null,
  createdAt: null,
});
const updateOf = (over: Partial<GraphUpdate>): GraphUpdate => ({
  full: false,
  services: [],
  calls: [],
  gone: { services: [], calls: [] },
  problems: [],
  ...over,
});

test('a full update replaces what was there', () => {
  const first = foldGraph(
    emptyGraph,
    updateOf({ full: true, services: [serviceOf('a'), serviceOf('b')] }),
    1,
  );
  const second = foldGraph(first, updateOf({ full: true, services: [serviceOf('b')] }), 2);
  expect(second.serviceIds).toEqual(['b']);
  expect(second.receivedAt).toBe(2);
});

test('the list of ids keeps its identity while services only change', () => {
  const first = foldGraph(emptyGraph, updateOf({ full: true, services: [serviceOf('a')] }), 1);
  const second = foldGraph(first, updateOf({ services: [serviceOf('a', 0)] }), 2);
  expect(second.serviceIds).toBe(first.serviceIds);
  expect(second.services.get('a')?.readyInstances).toBe(0);
});

test('a node is found by the id that any of the systems which know it has for it', () => {
  const face = (serviceId: string) => ({
    serviceId,
    connectionId: 'c',
    system: 'Consul dc1',
    name: 'a',
    namespace: null,
    hosts: [],
    readyInstances: null,
    desiredInstances: null,
    versions: [],
    reason: null,
  });
  const joined = { ...serviceOf('a'), faces: [face('a'), face('dc1/a')] };
  const first = foldGraph(emptyGraph, updateOf({ full: true, services: [joined, serviceOf('b')] }), 1);
  expect(first.nodes.get('dc1/a')).toBe('a');
  const problems = foldGraph(first, updateOf({ problems: ['p'] }), 2);
  expect(problems.nodes).toBe(first.nodes);
  const apart = foldGraph(problems, updateOf({ services: [serviceOf('a'), serviceOf('dc1/a')] }), 3);
  expect(apart.nodes.has('dc1/a')).toBe(false);
});

test('what is gone is gone, the rest stays', () => {
  const first = foldGraph(
    emptyGraph,
    updateOf({ full: true, services: [serviceOf('a'), serviceOf('b')] }),
    1,
  );
  const second = foldGraph(first, updateOf({ gone: { services: ['a'], calls: [] } }), 2);
  expect(second.serviceIds).toEqual(['b']);
});

import { expect, test } from 'vitest';
import { createObjectStore, type KubeInput, type StoreEvent } from './store.ts';

const route = (weight: number, metadata: Record<string, unknown> = {}): KubeInput => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'payment', namespace: 'shop', ...metadata },
  spec: { hosts: ['payment'], http: [{ route: [{ destination: { host: 'payment' }, weight }] }] },
});

test('generation moves only when the specification changes, and revisions only grow', () => {
  const store = createObjectStore();
  const first = store.put(route(90));
  const labelled = store.put(route(90, { labels: { app: 'payment' } }));
  const shifted = store.put(route(70, { labels: { app: 'payment' } }));
  expect([first, labelled, shifted].map((object) => object.metadata.generation)).toEqual([1, 1, 2]);
  const revisions = [first, labelled, shifted].map((object) => Number(object.metadata.resourceVersion));
  expect(revisions).toEqual(revisions.toSorted((left, right) => left - right));
  expect(new Set(revisions).size).toBe(3);
  expect(shifted.metadata.uid).toBe(first.metadata.uid);
});

test('a write that changes nothing makes no revision and no event', () => {
  const store = createObjectStore();
  const events: StoreEvent[] = [];
  store.subscribe((event) => events.push(event));
  const first = store.put(route(90));
  expect(store.put(route(90))).toBe(first);
  expect(events).toHaveLength(1);
});

test('an object made again under its old name is another object', () => {
  const store = createObjectStore();
  const first = store.put(route(90));
  store.remove('virtualservices', 'shop', 'payment');
  expect(store.put(route(90)).metadata.uid).not.toBe(first.metadata.uid);
});

test('the past can be listed until it is compacted', () => {
  const store = createObjectStore();
  const first = store.put(route(90));
  store.put(route(10));
  store.remove('virtualservices', 'shop', 'payment');
  const then = Number(first.metadata.resourceVersion);
  expect(store.listAt(then, 'virtualservices')).toEqual([first]);
  expect(store.listAt(then - 1, 'virtualservices')).toEqual([]);
  store.compact();
  expect(store.listAt(then, 'virtualservices')).toBe('expired');
  expect(store.since(then)).toBe('expired');
});

test('history is bounded', () => {
  const store = createObjectStore({ history: 10 });
  const first = store.put(route(0));
  for (let weight = 1; weight < 30; weight += 1) store.put(route(weight));
  expect(store.since(Number(first.metadata.resourceVersion))).toBe('expired');
  expect(store.since(store.revision() - 5)).toHaveLength(5);
});

test('managedFields name who wrote which field last', () => {
  const store = createObjectStore();
  store.put(route(90), { manager: 'kubectl-create' });
  const shifted = store.put(route(70), { manager: 'podium' });
  const owners = shifted.metadata.managedFields?.map((entry) => [entry.manager, entry.fieldsV1]);
  expect(owners).toEqual([
    ['kubectl-create', { 'f:spec': { '.': {}, 'f:hosts': {} } }],
    ['podium', { 'f:spec': { 'f:http': {} } }],
  ]);
});

test('a preview shows what would be stored and keeps nothing', () => {
  const store = createObjectStore();
  const first = store.put(route(90));
  const seen = store.preview(route(70));
  expect(seen.metadata.generation).toBe(2);
  expect(seen.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  expect(store.get('virtualservices', 'shop', 'payment')).toBe(first);
});

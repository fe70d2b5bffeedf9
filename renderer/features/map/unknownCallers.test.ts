import { expect, test } from 'vitest';
import type { GraphService } from '../../../shared/model/graph.ts';
import { namespacesWithoutCalls, sayUnknownCallers } from './unknownCallers.ts';

const services = new Map([
  ['c/shop/order', { kind: 'service' as const }],
  ['c/shop/payment', { kind: 'service' as const }],
  ['c/unknown', { kind: 'unknown' as const }],
]);
const known = { services, calls: [], figuresCame: true, sources: 1 };

test('a map without a caller says so, and why as far as that is known', () => {
  expect(sayUnknownCallers(known)).toMatch(/no source tells of any call/);
  expect(sayUnknownCallers({ ...known, sources: 0 })).toMatch(/no source of figures was found/);
  expect(sayUnknownCallers({ ...known, calls: [{ callerId: 'c/unknown' }] })).toMatch(/not who asks/);
});

test('one known caller is enough, and before figures came nothing is said', () => {
  const calls = [{ callerId: 'c/unknown' }, { callerId: 'c/shop/order' }];
  expect(sayUnknownCallers({ ...known, calls })).toBeNull();
  expect(sayUnknownCallers({ ...known, figuresCame: false })).toBeNull();
  expect(sayUnknownCallers({ ...known, services: new Map() })).toBeNull();
});

test('of each namespace of which nobody tells a call the name is told, once', () => {
  const service = (namespace: string | null, name: string, kind: GraphService['kind'] = 'service') =>
    ({ id: `c/${namespace}/${name}`, connectionId: 'c', namespace, name, kind }) as GraphService; // all that is asked of it
  const all = [
    service('shop', 'order'),
    service('shop', 'idle'),
    service('archive', 'scans'),
    service('archive', 'retention'),
    service('accounts', 'billing'),
    service(null, 'bank', 'external'),
  ];
  const graph = new Map(all.map((one) => [one.id, one]));
  const call = { callerId: 'c/shop/order', calleeId: 'c/null/bank' };
  expect(namespacesWithoutCalls(graph, [call])).toEqual(['accounts', 'archive']);
  expect(namespacesWithoutCalls(graph, [call, { callerId: 'gone', calleeId: 'c/accounts/billing' }])).toEqual(
    ['archive'],
  );
});

import { expect, test } from 'vitest';
import { ownerIn, versionTopology } from './versionTopology.ts';

const place = { namespace: 'shop', name: 'payment' };
const service = { ...place, kind: 'service' as const, hosts: ['payment'], owner: null, createdAt: null };

test('instances of one version stand for the workload, and how many there should be is not known', () => {
  const members = [
    { id: 'c', version: 'v2', ready: true },
    { id: 'b', version: null, ready: false },
    { id: 'a', version: 'v2', ready: false },
  ];
  const { services, workloads, instances } = versionTopology([{ service, members }], {
    versionOf: ({ version }) => version,
    isReady: ({ ready }) => ready,
    observe: ({ id, version, ready }, workload) => ({
      ...{ namespace: 'shop', name: id, uid: id, workload, version, ready, reason: null },
      ...{ restarts: null, lastRestartAt: null, startedAt: null, node: null },
    }),
  });
  expect(services).toEqual([service]);
  expect(workloads).toMatchObject([
    { name: 'payment', version: null, services: [place], desiredInstances: null, readyInstances: 0 },
    { name: 'payment v2', version: 'v2', services: [place], desiredInstances: null, readyInstances: 1 },
  ]);
  expect(instances.map(({ name, workload }) => [name, workload])).toEqual([
    ['a', 'payment v2'],
    ['b', 'payment'],
    ['c', 'payment v2'],
  ]);
});

test('an owner is whom the first instance names that names anybody, and no longer than a name', () => {
  const said = (fields: Record<string, string>) => new Map(Object.entries(fields));
  expect(ownerIn([said({ team: '' }), said({ owner: 'payments' }), said({ team: 'other' })])).toBe(
    'payments',
  );
  expect(ownerIn([said({ team: 'x'.repeat(300) })])).toHaveLength(200);
  expect(ownerIn([said({})])).toBeNull();
});

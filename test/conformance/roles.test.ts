import { expect, test } from 'vitest';
import { writesOf } from '../../shared/connectors/kube/rights.ts';
import { questions } from '../../shared/connectors/kubernetes/permissions.ts';
import type { OperationKind } from '../../shared/model/operation.ts';
import { ways } from './everyOperation.ts';
import { grantsOf, roleNames, sayRight, type RoleName } from '../support/documentedRoles.ts';

/** Which operations each role is for; every kind of operation has a role. */
const operationsOf: Readonly<Record<Exclude<RoleName, 'read' | 'logs'>, readonly OperationKind[]>> = {
  weights: ['setWeights', 'setRouting'],
  trips: ['trip', 'endTrip', 'setFallback', 'setProtections'],
  workloads: ['changeWorkload'],
  config: ['editDocument'],
};

const isWrite = (right: string): boolean => /^(create|patch|delete|update) /.test(right);
const writesFor = (role: Exclude<RoleName, 'read' | 'logs'>): readonly string[] =>
  operationsOf[role].flatMap((kind) =>
    writesOf[kind].map(({ verb, group, resource }) => sayRight(verb, group, resource)),
  );
const sorted = (rights: Iterable<string>): string[] => [...new Set(rights)].sort();

test('every kind of operation that writes through the API has a documented role', () => {
  const writing = Object.entries(writesOf).flatMap(([kind, rights]) => (rights.length === 0 ? [] : kind));
  expect(Object.values(operationsOf).flat().sort()).toEqual(writing.sort());
});

test.each(['weights', 'trips', 'workloads'] as const)(
  'the role %s grants the writes of its operations, and no other',
  (role) => {
    expect(sorted(grantsOf(role).filter(isWrite))).toEqual(sorted(writesFor(role)));
  },
);

test('the role config grants the writes of its edits, but for workloads, which have a role of their own', () => {
  const ofWorkloads = new Set(grantsOf('workloads'));
  expect(sorted(grantsOf('config').filter(isWrite))).toEqual(
    sorted(writesFor('config').filter((right) => !ofWorkloads.has(right))),
  );
});

test.each(['read', 'logs'] as const)('the role %s writes nothing', (role) => {
  expect(grantsOf(role).filter(isWrite)).toEqual([]);
});

test('whatever is asked when a cluster is opened is granted by a documented role', () => {
  const granted = new Set([...roleNames, 'prometheus' as const, 'notes' as const].flatMap(grantsOf));
  const missing = questions
    .map(({ verb, group, resource }) => sayRight(verb, group, resource))
    // The other way to Prometheus, for those who may not use the proxy.
    .filter((right) => !granted.has(right) && right !== 'create pods/portforward');
  expect(missing).toEqual([]);
});

test('each thing is asked once', () => {
  const all = questions.map(({ verb, group, resource }) => sayRight(verb, group, resource));
  expect(all).toEqual([...new Set(all)]);
});

test('every right to write is needed by some way of operating, and no way needs another', () => {
  const declared = Object.values(writesOf).flat();
  expect(sorted(ways.flatMap(({ writes }) => writes))).toEqual(
    sorted(declared.map(({ verb, group, resource }) => sayRight(verb, group, resource))),
  );
});

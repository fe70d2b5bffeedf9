import { expect, test } from 'vitest';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/objects.ts';
import { readPast } from './past.ts';

const now = Date.parse('2026-11-23T08:00:00Z');
const clock = { now: () => now } as Parameters<typeof readPast>[1]['clock'];
const span = { from: now - 8 * 3_600_000, to: now };

/** A cluster that lists these pages of each kind. */
const clusterOf = (pagesOf: Readonly<Record<string, readonly (readonly KubeObject[])[]>>) =>
  ({
    namespaces: null,
    serverClock: { now: () => now },
    async *pages({ plural }: { plural: string }) {
      yield* await Promise.resolve(pagesOf[plural] ?? []);
    },
  }) as unknown as KubeClient;

const revision = (number: number, made: string, image: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: {
    name: `ledger-${image}`,
    namespace: 'shop',
    uid: image,
    resourceVersion: '1',
    creationTimestamp: made,
    ownerReferences: [{ kind: 'StatefulSet', name: 'ledger', uid: 'u1', controller: true }],
  },
  revision: number,
  data: { spec: { template: { spec: { containers: [{ name: 'ledger', image }] } } } },
});

test('a rollout that was taken back since is told still, at its own time', async () => {
  // The return gave the old revision the highest number, and it kept the time at which it was made.
  const revisions = [
    revision(3, '2026-11-01T00:00:00Z', 'ledger:1'),
    revision(2, '2026-11-23T03:00:00Z', 'ledger:2'),
  ];
  const { changes } = await readPast(
    clusterOf({ controllerrevisions: [revisions] }),
    { clock },
    span,
    AbortSignal.timeout(1_000),
  );
  expect(changes).toEqual([
    {
      namespace: 'shop',
      workload: 'ledger',
      kind: 'StatefulSet',
      at: Date.parse('2026-11-23T03:00:00Z'),
      imageBefore: 'ledger:1',
      image: 'ledger:2',
    },
  ]);
});

test('of a storm of Events it is said how far they were read', async () => {
  const event = (namespace: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e', namespace, uid: 'u', resourceVersion: '1' },
  });
  const page = (namespace: string) => Array.from({ length: 500 }, () => event(namespace));
  const { problems } = await readPast(
    clusterOf({ events: ['a', 'b', 'c', 'd', 'e', 'f', 'payments'].map(page) }),
    { clock },
    span,
    AbortSignal.timeout(1_000),
  );
  expect(problems).toEqual([
    'Reading Events that warn ended after 3000 with those of namespace f; what comes after it was not read.',
  ]);
});

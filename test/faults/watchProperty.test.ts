import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { startSimulatedCluster, type SimulatedCluster } from '../conformance/simulatedCluster.ts';
import type { KubeObject } from '../../shared/rehearsal/kube/store.ts';
import { createFakeClock } from '../support/memoryPorts.ts';
import {
  eventually,
  follow,
  type Follower,
  isList,
  isWatch,
  putService,
  removeService,
} from './watchHarness.ts';

type Plain = 'emptyWatch' | 'drip' | 'compact' | 'oldBookmark' | 'error' | 'keep' | 'goBack' | 'settle';

/** Something that happens: to the server's objects, or to what the client hears of them. */
type Step =
  | { readonly does: 'put'; readonly name: string; readonly port: number }
  | { readonly does: 'remove' | 'replace' | 'repeat'; readonly name: string }
  | { readonly does: 'late' | 'lateDeletion'; readonly name: string; readonly which: number }
  | { readonly does: 'cut'; readonly how: 'end' | 'reset' }
  | { readonly does: 'refuse'; readonly code: 410 | 429 | 500 | 503 | 504; readonly of: 'watch' | 'list' }
  | { readonly does: 'cutAnswer'; readonly afterBytes: number; readonly how: 'end' | 'reset' }
  | { readonly does: Plain };

const name = fc.constantFrom('catalog', 'ledger', 'order');
const how = fc.constantFrom('end' as const, 'reset' as const);
const simple = (...all: Plain[]) => fc.constantFrom(...all).map((does): Step => ({ does }));

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant('put' as const), name, port: fc.integer({ min: 80, max: 83 }) }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constantFrom('remove' as const, 'replace' as const), name }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('repeat' as const), name }) },
  {
    weight: 12,
    arbitrary: fc.record({
      does: fc.constantFrom('late' as const, 'lateDeletion' as const),
      name,
      which: fc.nat({ max: 9 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('cut' as const), how }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('refuse' as const),
      code: fc.constantFrom(410 as const, 429 as const, 500 as const, 503 as const, 504 as const),
      of: fc.constantFrom('watch' as const, 'list' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('cutAnswer' as const),
      afterBytes: fc.integer({ min: 0, max: 900 }),
      how,
    }),
  },
  { weight: 5, arbitrary: simple('emptyWatch', 'drip', 'compact', 'oldBookmark', 'error', 'keep', 'goBack') },
  { weight: 8, arbitrary: simple('settle') },
);

test('whatever happens to a watch and to its events, the copy ends as the server is, and every deletion was told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), async (steps) => {
      await using cluster = await startSimulatedCluster();
      const clock = createFakeClock();
      await using here = await follow(cluster, { clock });
      const history = keepHistory(cluster);
      await take({ does: 'settle' }, cluster, here, history);
      for (const one of steps) await take(one, cluster, here, history);
      cluster.server.faults.clear();
      cluster.server.faults.cutWatches('reset');
      await converge(here);
      expect(ledgerOf(here.told)).toEqual(new Set(here.names()));
    }),
    { numRuns: 60, seed: 20_261_122, endOnFailure: true },
  );
}, 120_000);

/** What was there at any time, which is what a server can repeat. */
interface History {
  readonly seen: Map<string, KubeObject[]>;
  readonly bookmarks: number[];
  snapshot: ReturnType<SimulatedCluster['store']['snapshot']>;
}

function keepHistory(cluster: SimulatedCluster): History {
  const seen = new Map<string, KubeObject[]>();
  cluster.store.subscribe(({ resource, object }) => {
    if (resource !== 'services') return;
    const before = seen.get(object.metadata.name) ?? [];
    seen.set(object.metadata.name, [...before, object]);
  });
  return { seen, bookmarks: [cluster.store.revision()], snapshot: cluster.store.snapshot() };
}

async function take(one: Step, cluster: SimulatedCluster, here: Follower, history: History): Promise<void> {
  const { faults } = cluster.server;
  const seen = 'name' in one ? (history.seen.get(one.name) ?? []) : [];
  const old = 'which' in one ? seen[one.which % Math.max(1, seen.length)] : undefined;
  const present = 'name' in one ? cluster.store.get('services', 'shop', one.name) : undefined;
  switch (one.does) {
    case 'put':
      return putService(cluster, one.name, one.port);
    case 'remove':
      return removeService(cluster, one.name);
    case 'replace':
      removeService(cluster, one.name);
      return putService(cluster, one.name, 99);
    case 'repeat':
      if (present !== undefined) faults.lie('MODIFIED', present);
      return;
    case 'late':
      if (old !== undefined) faults.lie('MODIFIED', old);
      return;
    case 'lateDeletion':
      // Of those that are gone: a server does not say of one that is there that it is not.
      if (old !== undefined && old.metadata.uid !== present?.metadata.uid) faults.lie('DELETED', old);
      return;
    case 'cut':
      faults.cutWatches(one.how);
      return;
    case 'refuse':
      faults.add({ kind: 'answer', code: one.code }, one.of === 'watch' ? isWatch : isList);
      return;
    case 'cutAnswer':
      faults.add({ kind: 'cutBody', afterBytes: one.afterBytes, how: one.how }, isWatch);
      return;
    case 'emptyWatch':
    case 'drip':
      faults.add({ kind: one.does }, isWatch);
      return;
    case 'error':
      faults.add({ kind: 'watchError', code: 410 }, isWatch);
      return;
    case 'compact':
      return cluster.store.compact();
    case 'oldBookmark':
      history.bookmarks.push(cluster.store.revision());
      faults.lie('BOOKMARK', { metadata: { resourceVersion: String(history.bookmarks[0] ?? 1) } });
      return;
    case 'keep':
      history.snapshot = cluster.store.snapshot();
      return;
    case 'goBack':
      cluster.store.restore(history.snapshot);
      // What the other history held was never there.
      history.seen.clear();
      faults.cutWatches('reset');
      // A revision that is passed again before anybody asks cannot be told from the first one: see the next test.
      return converge(here);
    case 'settle':
      // Between lies the copy must be right too: a later list would hide what they did. And they need an open watch.
      await eventually(async () => {
        await here.clock.advance(3_000);
        expect(cluster.server.faults.openWatches.size).toBe(1);
      });
      return here.agrees();
  }
}

/** Lets time pass until the copy is the server's state. */
async function converge(here: Follower): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) await here.clock.advance(15_000);
  await here.agrees();
}

/** Plays back what was told; says what must be there by it, and throws where the story has a hole. */
function ledgerOf(told: readonly string[]): ReadonlySet<string> {
  const present = new Set<string>();
  for (const line of told) {
    const [what, subject = ''] = line.split(' ');
    expect(present.has(subject), `${line}, after ${told.join(', ')}`).toBe(what !== 'added');
    if (what === 'added') present.add(subject);
    if (what === 'deleted') present.delete(subject);
  }
  return present;
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GraphService } from '../model/graph.ts';
import type { ServiceSignals } from '../model/signals.ts';
import { applyGraph, diffGraph, diffSignals, isSame, type GraphPicture } from './graphDiff.ts';

const service = (id: string, readyInstances: number): GraphService => ({
  id,
  connectionId: 'c',
  kind: 'service',
  name: id,
  namespace: 'shop',
  owner: null,
  hosts: [`${id}.shop`],
  versions: [],
  readyInstances,
  desiredInstances: 3,
  recentRestarts: null,
  createdAt: null,
});
const picture = fc
  .uniqueArray(fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e'), ready: fc.nat(2) }), {
    selector: (one) => one.id,
  })
  .map((list): GraphPicture => ({
    services: list.map((one) => service(one.id, one.ready)),
    calls: [],
    problems: [],
  }));

describe('differences of the map', () => {
  test('begin with the whole', () => {
    expect(diffGraph(null, { services: [service('a', 1)], calls: [], problems: ['p'] })).toMatchObject({
      full: true,
      services: [{ id: 'a' }],
      problems: ['p'],
    });
  });

  test('are none when nothing changed', () => {
    const now = { services: [service('a', 1)], calls: [], problems: [] };
    expect(diffGraph(now, structuredClone(now))).toBeNull();
  });

  test('carry what changed and what is gone, nothing else', () => {
    const before = { services: [service('a', 1), service('b', 1), service('c', 1)], calls: [], problems: [] };
    const now = { services: [service('a', 1), service('b', 2)], calls: [], problems: [] };
    expect(diffGraph(before, now)).toMatchObject({
      services: [{ id: 'b' }],
      gone: { services: ['c'], calls: [] },
    });
  });

  test('bring a window to the same picture, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(picture, { minLength: 1, maxLength: 6 }), (pictures) => {
        let [sent, shown]: [GraphPicture | null, GraphPicture | null] = [null, null];
        for (const now of pictures) {
          const update = diffGraph(sent, now);
          sent = now;
          if (update !== null) shown = applyGraph(shown, update);
        }
        const sorted = (one: GraphPicture | null) =>
          [...(one?.services ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));
        expect(sorted(shown)).toEqual(sorted(sent));
      }),
    );
  });
});

test('differences of figures carry changed ids only', () => {
  const one = (requestsPerSecond: number) =>
    ({ requestsPerSecond, versions: {} }) as unknown as ServiceSignals; // Compared as plain data.
  const before = {
    services: new Map([
      ['a', one(1)],
      ['b', one(2)],
      ['c', one(3)],
    ]),
    calls: new Map(),
  };
  const now = {
    services: new Map([
      ['a', one(1)],
      ['b', one(9)],
      ['__proto__', one(4)],
    ]),
    calls: new Map(),
  };
  const { services, gone } = diffSignals(before, now);
  expect(Object.keys(services)).toEqual(['b', '__proto__']);
  expect(gone.services).toEqual(['c']);
});

test('plain data is compared in all its parts', () => {
  expect(isSame({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
  expect(isSame({ a: undefined }, { b: undefined })).toBe(false);
  expect(isSame([1], { 0: 1 })).toBe(false);
  expect(isSame(Number.NaN, Number.NaN)).toBe(true);
});

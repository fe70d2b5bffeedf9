import { expect, test } from 'vitest';
import { standingOf } from './conditions.ts';

const gateway = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge' };
const working = ['Accepted', 'ResolvedRefs'].map((type) => ({ type, status: 'True', observedGeneration: 1 }));

const refused = [{ type: 'Accepted', status: 'False', reason: 'NoMatchingParent', observedGeneration: 1 }];

/** What is told of a route with these parents, of which controllers speak well of some, and badly of others. */
const standing = (
  parentRefs: readonly object[],
  spokenOf: readonly object[],
  refusedBy: readonly object[] = [],
) =>
  standingOf(
    { hasController: () => true },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'payment', namespace: 'shop', uid: 'u', resourceVersion: '1', generation: 1 },
      spec: { parentRefs },
      status: {
        parents: [
          ...spokenOf.map((parentRef) => ({ parentRef, conditions: working })),
          ...refusedBy.map((parentRef) => ({ parentRef, conditions: refused })),
        ],
      },
    },
  );

test('every parent has to be spoken of: a word on one listener, port or namespace is none on another', () => {
  for (const other of [{ sectionName: 'https' }, { port: 8443 }, { namespace: 'bank' }, { name: 'inner' }]) {
    const both = [gateway, { ...gateway, ...other }];
    expect(standing(both, both).state, JSON.stringify(other)).toBe('working');
    expect(standing(both, [gateway]), JSON.stringify(other)).toMatchObject({
      state: 'waiting',
      text: expect.stringMatching(/^no controller has taken it up for /) as string,
    });
  }
});

test('one bad word outweighs every good one and every one that is not said yet', () => {
  const inner = { ...gateway, name: 'inner' };
  expect(standing([gateway], [gateway], [gateway])).toMatchObject({
    state: 'refused',
    text: expect.stringContaining('Accepted is False, NoMatchingParent') as string,
  });
  expect(standing([gateway, inner], [gateway], [inner]).state).toBe('refused');
  expect(standing([gateway, inner], [], [inner]).state).toBe('refused');
});

import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../kube/objects.ts';
import type { ObjectView } from '../kube/sharedWatches.ts';
import { bothGroupsGuards, mixedGuards } from './guards.ts';
import type { RouteWorld } from './routeWorld.ts';

const gateway = 'gateway.networking.k8s.io/v1';
const own = 'policy.linkerd.io/v1beta3';

function routeOf(
  apiVersion: string,
  name: string,
  hour: number,
  parent: object = {},
  kind = 'HTTPRoute',
): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: {
      namespace: 'shop',
      name,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: `2026-11-20T${String(hour).padStart(2, '0')}:00:00Z`,
    },
    spec: { parentRefs: [{ group: 'core', kind: 'Service', name: 'payment', ...parent }] },
  };
}

interface Read {
  readonly served: boolean;
  /** Kind and group of what may not be listed. */
  readonly unread: readonly [kind: string, group: string] | null;
  readonly namespaces: readonly string[] | null;
}

/** What a review of `written` says beside other routes. */
function said(
  written: KubeObject,
  others: readonly KubeObject[],
  { served = true, unread = null, namespaces = null }: Partial<Read> = {},
) {
  const viewOf = (group: string, version: string, kind: string): ObjectView => {
    const refused = unread?.[0] === kind && unread[1] === group;
    return {
      synced: !refused,
      health: refused ? { ok: false, at: 0, error: 'You may not list them.' } : { ok: true, at: 0 },
      resource: { group, version, plural: `${kind.toLowerCase()}s`, kind },
      // Nothing else of a view is looked at.
    } as unknown as ObjectView;
  };
  const linkerds = viewOf('policy.linkerd.io', 'v1beta3', 'HTTPRoute');
  const world = {
    linkerdRoutes: served ? linkerds : null,
    routes: [
      viewOf('gateway.networking.k8s.io', 'v1', 'HTTPRoute'),
      viewOf('gateway.networking.k8s.io', 'v1', 'GRPCRoute'),
      linkerds,
    ],
    documents: () => [written, ...others],
    client: { namespaces },
  } as unknown as RouteWorld;
  return bothGroupsGuards(world, written);
}

describe('beside an HTTPRoute of the other group', () => {
  const written = routeOf(gateway, 'payment', 12);

  test('an older one is said to win where both match alike', () => {
    const [guard] = said(written, [routeOf(own, 'timeouts', 9)]);
    expect(guard).toMatchObject({
      verdict: 'tick',
      title: 'HTTPRoute shop/timeouts of policy.linkerd.io is for Service shop/payment too',
    });
    expect(guard?.detail).toContain(
      'HTTPRoute shop/timeouts of policy.linkerd.io goes before this one: where both match alike, what is written here does nothing.',
    );
  });

  test('a younger one is said to win only where it matches more', () => {
    const [guard] = said(written, [routeOf(own, 'timeouts', 15)]);
    expect(guard?.verdict).toBe('tick');
    expect(guard?.detail).toContain('This one goes first.');
  });

  test('of the same age the name decides, whichever of both is written', () => {
    const [linkerds] = said(routeOf(own, 'b', 12), [routeOf(gateway, 'a', 12)]);
    expect(linkerds?.detail).toContain('HTTPRoute shop/a of gateway.networking.k8s.io goes before this one');
    const [gateways] = said(routeOf(gateway, 'a', 12), [routeOf(own, 'b', 12)]);
    expect(gateways?.detail).toContain('This one goes first.');
  });

  test('of the same age the name decides whatever the namespace', () => {
    const other = routeOf(own, 'b', 12, { namespace: 'shop' });
    const elsewhere = { ...other, metadata: { ...other.metadata, namespace: 'bank' } };
    const [guard] = said(routeOf(gateway, 'a', 12), [elsewhere]);
    expect(guard?.detail).toContain('This one goes first.');
  });

  test('of the same age and name neither is said to win, whichever of both is written', () => {
    for (const [one, other] of [
      [gateway, own],
      [own, gateway],
    ] as const) {
      const [guard] = said(routeOf(one, 'payment', 12), [routeOf(other, 'payment', 12)]);
      expect(guard).toMatchObject({ verdict: 'tick' });
      expect(guard?.detail).toContain('which of both wins is not known');
      expect(guard?.detail).not.toMatch(/goes (before|first)/);
    }
  });

  test.each([
    ['of the same group', routeOf(gateway, 'other', 9)],
    ['of another service', routeOf(own, 'other', 9, { name: 'order' })],
    ['of a service of that name elsewhere', routeOf(own, 'other', 9, { namespace: 'bank' })],
  ])('one %s is not in the way', (_, other) =>
    expect(said(written, [other])).toMatchObject([{ verdict: 'pass' }]),
  );

  test('routes of two ports do not meet, those of all ports do', () => {
    const ported = routeOf(gateway, 'payment', 12, { port: 8080 });
    expect(said(ported, [routeOf(own, 'o', 9, { port: 9090 })])).toMatchObject([{ verdict: 'pass' }]);
    expect(said(ported, [routeOf(own, 'o', 9)])).toMatchObject([{ verdict: 'tick' }]);
  });

  test('what may not be read is not taken for none', () => {
    expect(said(written, [], { unread: ['HTTPRoute', 'policy.linkerd.io'] })).toMatchObject([
      {
        verdict: 'tick',
        detail:
          'httproutes of policy.linkerd.io cannot be read: You may not list them. Linkerd follows routes of both groups, and of equal matches the older route’s.',
      },
    ]);
  });

  test.each([
    ['of another kind', 'GRPCRoute'],
    ['of the same group', 'HTTPRoute'],
  ])('routes %s need not be read for that', (_, kind) =>
    expect(said(written, [], { unread: [kind, 'gateway.networking.k8s.io'] })).toMatchObject([
      { verdict: 'pass', title: 'No HTTPRoute of another group is for the same service', detail: null },
    ]),
  );

  test('where only some namespaces are read, no more is said to be free of them', () =>
    expect(said(written, [], { namespaces: ['shop', 'bank'] })).toMatchObject([
      {
        verdict: 'pass',
        title: 'No HTTPRoute of another group that is read is for the same service',
        detail: 'Only those in shop and bank are read.',
      },
    ]));

  test('where Linkerd’s are not served, and at a gateway, nothing is said', () => {
    expect(said(written, [], { served: false })).toEqual([]);
    const atGateway = routeOf(gateway, 'edge', 12, { group: 'gateway.networking.k8s.io', kind: 'Gateway' });
    expect(said(atGateway, [routeOf(own, 'timeouts', 9)])).toEqual([]);
  });
});

test('why VirtualServices cannot be read is one sentence', () => {
  const health = { ok: false, at: 0, error: 'You may not list them.' };
  const virtualServices = { synced: false, health, all: () => [] } as unknown as ObjectView;
  const guards = mixedGuards({ virtualServices } as unknown as RouteWorld, routeOf(gateway, 'payment', 12));
  expect(guards).toMatchObject([
    {
      verdict: 'tick',
      detail:
        'VirtualServices cannot be read: You may not list them. Where one is, a weight written here may do nothing.',
    },
  ]);
});

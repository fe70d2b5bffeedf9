import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../kube/objects.ts';
import type { ObjectView } from '../kube/sharedWatches.ts';
import { bothGroupsGuards } from './guards.ts';
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

/** What a review of `written` says beside other routes; `unread` where Linkerd's may not be listed. */
function said(written: KubeObject, others: readonly KubeObject[], { served = true, unread = false } = {}) {
  const health = unread ? { ok: false, error: 'You may not list them.' } : { ok: true, at: 0 };
  const resource = {
    group: 'policy.linkerd.io',
    version: 'v1beta3',
    plural: 'httproutes',
    kind: 'HTTPRoute',
  };
  // Nothing else of a view is looked at.
  const view = { synced: !unread, health, resource } as unknown as ObjectView;
  const world = {
    linkerdRoutes: served ? view : null,
    routes: [view],
    documents: () => [written, ...others],
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
    expect(guard?.detail).toContain('is older: where both match alike, what is written here does nothing');
  });

  test('a younger one is said to win only where it matches more', () => {
    const [guard] = said(written, [routeOf(own, 'timeouts', 15)]);
    expect(guard?.verdict).toBe('tick');
    expect(guard?.detail).toContain('This one is the older.');
  });

  test('of the same age the name decides, whichever of both is written', () => {
    const [linkerds] = said(routeOf(own, 'b', 12), [routeOf(gateway, 'a', 12)]);
    expect(linkerds?.detail).toContain('HTTPRoute shop/a of gateway.networking.k8s.io is older');
    const [gateways] = said(routeOf(gateway, 'a', 12), [routeOf(own, 'b', 12)]);
    expect(gateways?.detail).toContain('This one is the older.');
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
    const [guard] = said(written, [], { unread: true });
    expect(guard).toMatchObject({ verdict: 'tick' });
    expect(guard?.detail).toContain('httproutes of policy.linkerd.io cannot be read: You may not list them.');
  });

  test('where Linkerd’s are not served, and at a gateway, nothing is said', () => {
    expect(said(written, [], { served: false })).toEqual([]);
    const atGateway = routeOf(gateway, 'edge', 12, { group: 'gateway.networking.k8s.io', kind: 'Gateway' });
    expect(said(atGateway, [routeOf(own, 'timeouts', 9)])).toEqual([]);
  });
});

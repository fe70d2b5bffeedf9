import { describe, expect, test } from 'vitest';
import { PeerError } from '../kit/peerError.ts';
import type { KubeObject } from '../kube/objects.ts';
import { attachedTo, findWaypoint, type Waypoint } from './attachment.ts';

const object = (kind: string, namespace: string, name: string, labels: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { namespace, name, uid: name, resourceVersion: '1', labels },
});
const policy = (namespace: string, ...targetRefs: object[]): KubeObject => ({
  ...object('AuthorizationPolicy', namespace, 'one'),
  spec: { targetRefs },
});

const payment = object('Service', 'shop', 'payment');
const pods = [object('Pod', 'shop', 'payment-1', { app: 'payment' })];
const waypoint: Waypoint = { is: 'named', namespace: 'infra', name: 'wp', isMet: true };
const ofService = { group: '', kind: 'Service', name: 'payment' };
const ofGateway = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'wp' };
const ofClass = { group: 'gateway.networking.k8s.io', kind: 'GatewayClass', name: 'istio-waypoint' };
const met = { place: 'waypoint', doubt: null };

const roots = { names: ['istio-system'], doubt: () => null };

const standing = (given: KubeObject, at: Waypoint, callee: KubeObject | null = payment) =>
  attachedTo(given, { callee, pods, waypoint: at, roots });

describe('behind a waypoint, a policy', () => {
  test.each([
    ['of the Service is met', policy('shop', ofService), met],
    ['of the Service, with the group’s name, is met', policy('shop', { ...ofService, group: 'core' }), met],
    ['of another Service is not', policy('shop', { ...ofService, name: 'order' }), null],
    ['of a Service of that name elsewhere is not', policy('bank', ofService), null],
    ['of the waypoint is met', policy('infra', ofGateway), met],
    ['of a Gateway of that name elsewhere is not', policy('shop', ofGateway), null],
    ['that points to another namespace is not', policy('infra', { ...ofGateway, namespace: 'shop' }), null],
    ['of another Gateway is not', policy('infra', { ...ofGateway, name: 'ingress' }), null],
    ['of all waypoints is met', policy('istio-system', ofClass), met],
    ['of all waypoints is heeded in the root namespace only', policy('shop', ofClass), null],
    ['of another class is not', policy('istio-system', { ...ofClass, name: 'istio' }), null],
    ['of a ServiceEntry of that name is not', policy('shop', { ...ofService, kind: 'ServiceEntry' }), null],
    ['of several is met by one', policy('shop', { ...ofService, name: 'order' }, ofService), met],
  ])('%s', (_, given, expected) => expect(standing(given, waypoint)).toEqual(expected));

  test('of a ServiceEntry is met where that is called', () => {
    const bank = object('ServiceEntry', 'shop', 'bank');
    const given = policy('shop', { group: 'networking.istio.io', kind: 'ServiceEntry', name: 'bank' });
    expect(standing(given, waypoint, bank)).toEqual(met);
  });

  test('is met perhaps, where callers may go another way', () =>
    expect(standing(policy('shop', ofService), { ...waypoint, isMet: false })).toEqual({
      place: 'waypoint',
      doubt: 'whether calls go through waypoint infra/wp',
    }));
});

test('of all waypoints is met perhaps, where revisions have root namespaces of their own', () => {
  const several = { names: ['mesh-a', 'mesh-b'], doubt: () => 'the revision' };
  const at = (given: KubeObject) => attachedTo(given, { callee: payment, pods, waypoint, roots: several });
  expect(at(policy('mesh-b', ofClass))).toEqual({ place: 'waypoint', doubt: 'the revision' });
  expect(at(policy('shop', ofService))).toEqual(met);
});

test('without a waypoint nobody heeds a policy of a Service, of a Gateway or of a class', () => {
  for (const given of [policy('shop', ofService), policy('shop', ofGateway), policy('istio-system', ofClass)])
    expect(standing(given, { is: 'none' })).toBeNull();
});

test('where labels cannot be read, a Gateway anywhere may be the waypoint, and it is named', () =>
  expect(standing(policy('infra', ofGateway), { is: 'unknown' })).toEqual({
    place: 'waypoint',
    doubt: 'whether calls go through Gateway wp',
  }));

test('a Gateway’s own instances heed what is attached to it', () => {
  const label = { 'gateway.networking.k8s.io/gateway-name': 'ingress' };
  const given = policy('shop', { ...ofGateway, name: 'ingress' });
  const callee = object('Service', 'shop', 'ingress-istio');
  const at = (served: readonly KubeObject[]) =>
    attachedTo(given, { callee, pods: served, waypoint: { is: 'none' }, roots });
  expect(at([object('Pod', 'shop', 'i-1', label)])).toEqual({ place: 'instances', doubt: null });
  expect(at([object('Pod', 'shop', 'i-1', label), ...pods])).toEqual({
    place: 'instances',
    doubt: 'whether calls go through Gateway ingress',
  });
  expect(at(pods)).toBeNull();
});

describe('which waypoint a Service has', () => {
  const ambient: KubeObject = {
    ...object('Pod', 'shop', 'order-1'),
    metadata: {
      ...object('Pod', 'shop', 'order-1').metadata,
      annotations: { 'ambient.istio.io/redirection': 'enabled' },
    },
  };
  const gateway = (spec: object = {}, labels: object = {}): KubeObject => ({
    ...object('Gateway', 'shop', 'wp', labels),
    spec: { gatewayClassName: 'istio-waypoint', listeners: [], ...spec },
  });
  const refused = () => Promise.reject(new PeerError('forbidden', 'not allowed'));
  const find = (
    own: object,
    {
      space = {},
      there = gateway(),
      callers = [ambient],
    }: { space?: object | null; there?: KubeObject | null; callers?: readonly KubeObject[] } = {},
  ) =>
    findWaypoint(
      {
        read: () => (space === null ? refused() : Promise.resolve({ metadata: { labels: space } })),
        object: () => (there === null ? refused() : Promise.resolve(there)),
      },
      object('Service', 'shop', 'payment', own),
      callers,
      AbortSignal.timeout(5_000),
    );
  const wp = { 'istio.io/use-waypoint': 'wp' };
  const elsewhere = { ...wp, 'istio.io/use-waypoint-namespace': 'infra' };
  const named = (isMet: boolean, namespace = 'shop') => ({ is: 'named', namespace, name: 'wp', isMet });

  test('its own label goes before that of its namespace', async () => {
    expect(await find(wp, { space: null })).toEqual(named(true));
    expect(await find({}, { space: wp })).toEqual(named(true));
    expect(await find({ 'istio.io/use-waypoint': 'none' }, { space: wp })).toEqual({ is: 'none' });
    expect(await find({})).toEqual({ is: 'none' });
  });
  test('is not known where the namespace may not be read', async () =>
    expect(await find({}, { space: null })).toEqual({ is: 'unknown' }));
  test('its calls go through it only where caller and Gateway are known to', async () => {
    expect(await find(wp, { callers: [] })).toEqual(named(false));
    expect(await find(wp, { callers: [ambient, ...pods] })).toEqual(named(false));
    expect(await find(wp, { there: null })).toEqual(named(false));
    expect(await find(wp, { there: gateway({ gatewayClassName: 'istio' }) })).toEqual(named(false));
    expect(await find(wp, { there: gateway({}, { 'istio.io/waypoint-for': 'workload' }) })).toEqual(
      named(false),
    );
  });
  test('one of another namespace has to be open to it', async () => {
    expect(await find(elsewhere)).toEqual(named(false, 'infra'));
    const listeners = [{ allowedRoutes: { namespaces: { from: 'All' } } }];
    expect(await find(elsewhere, { there: gateway({ listeners }) })).toEqual(named(true, 'infra'));
  });
});

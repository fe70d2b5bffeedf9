import { expect, test } from 'vitest';
import { readObject, type KubeObject } from '../kube/objects.ts';
import { covers, qualify } from './hosts.ts';
import { changedByOf, ownershipOf } from '../kube/documents/ownership.ts';
import { gatewaysOf, hostsOf, routeFingerprint, routesOf, splitIdOf } from './routes.ts';
import { inverseSteps, weightSteps, withWeights } from './weightPatch.ts';

function document(spec: object, metadata: object = {}): KubeObject {
  const found = readObject(
    { metadata: { name: 'payment', namespace: 'shop', uid: 'u-1', resourceVersion: '7', ...metadata }, spec },
    'networking.istio.io/v1',
    'VirtualService',
  );
  if (found === null) throw new Error('no document');
  return found;
}
const to = (subset: string, weight?: number) => ({
  destination: { host: 'payment', subset },
  ...(weight === undefined ? {} : { weight }),
});
const only = (spec: object) => {
  const made = document(spec);
  const [route] = routesOf(made);
  if (route === undefined) throw new Error('no route');
  return { document: made, route };
};

test('a short host is in the document’s own namespace, a dotted one is whole', () => {
  expect(qualify('payment', 'shop')).toBe('payment.shop.svc.cluster.local');
  expect(qualify('payment.money', 'shop')).toBe('payment.money');
  expect(qualify('*.example.com', 'shop')).toBe('*.example.com');
  expect(covers('*.example.com', 'api.example.com')).toBe(true);
  expect(covers('*.example.com', 'example.com')).toBe(false);
});

test('routes of all protocols are read, and those that send nothing anywhere are not', () => {
  const made = document({
    hosts: ['payment', 'pay.example.com'],
    gateways: ['mesh', 'edge', 'front/public'],
    http: [{ redirect: { uri: '/' } }, { route: [to('v1')] }],
    tcp: [{ route: [to('v1', 50), to('v2', 50)] }],
  });
  expect(
    routesOf(made).map((route) => [route.protocol, route.index, route.title, route.destinations.length]),
  ).toEqual([
    ['http', 1, 'route 2', 1],
    ['tcp', 0, 'default', 2],
  ]);
  expect(hostsOf(made)).toEqual(['payment.shop.svc.cluster.local', 'pay.example.com']);
  expect(gatewaysOf(made)).toEqual(['mesh', 'shop/edge', 'front/public']);
  expect(gatewaysOf(document({}))).toEqual(['mesh']);
});

test('a split is known by its route’s name where that is unique, else by position', () => {
  const named = document({
    http: [
      { name: 'a', route: [to('v1')] },
      { name: 'b', route: [to('v1')] },
    ],
  });
  const twins = document({
    http: [
      { name: 'a', route: [to('v1')] },
      { name: 'a', route: [to('v1')] },
    ],
  });
  const idsOf = (made: KubeObject) => routesOf(made).map((route, _, all) => splitIdOf(made, route, all));
  expect(idsOf(named)).toEqual(['u-1/http/name:a', 'u-1/http/name:b']);
  expect(idsOf(twins)).toEqual(['u-1/http/0', 'u-1/http/1']);
});

test('only weights may differ between two looks at the same route', () => {
  const [a, b, c] = [
    only({ http: [{ route: [to('v1', 70), to('v2', 30)] }] }),
    only({ http: [{ route: [to('v1', 95), to('v2', 5)] }] }),
    only({ http: [{ route: [to('v2', 70), to('v1', 30)] }] }),
  ].map(({ route }) => routeFingerprint(route));
  expect(a).toBe(b);
  expect(a).not.toBe(c);
});

test('which requests a route takes is said in words', () => {
  const said = (match: object[]) => only({ http: [{ match, route: [to('v1')] }] }).route.match;
  expect(said([])).toBe('all requests');
  expect(said([{ uri: { prefix: '/' } }])).toBe('all requests');
  expect(said([{ uri: { prefix: '/pay' }, headers: { 'x-canary': { exact: 'yes' } } }])).toBe(
    'path begins with /pay and header x-canary is yes',
  );
  expect(said([{ uri: { exact: '/a' } }, { method: { regex: 'P.*' } }])).toBe(
    'path is /a, or method matches P.*',
  );
  expect(said([{ sourceLabels: { app: 'order' } }])).toBe('callers labelled app=order');
});

test('a patch tests what it relies on and writes only what changes', () => {
  const { document: made, route } = only({
    http: [{ name: 'a', match: [{ port: 80 }], route: [to('v1', 70), to('v2', 30), to('v3', 0)] }],
  });
  const steps = weightSteps(made, route, [60, 40, 0]);
  expect(steps.slice(0, 4)).toEqual([
    { op: 'test', path: '/metadata/uid', value: 'u-1' },
    { op: 'test', path: '/metadata/resourceVersion', value: '7' },
    { op: 'test', path: '/spec/http/0/name', value: 'a' },
    { op: 'test', path: '/spec/http/0/match', value: [{ port: 80 }] },
  ]);
  expect(steps.filter((step) => step.op !== 'test')).toEqual([
    { op: 'replace', path: '/spec/http/0/route/0/weight', value: 60 },
    { op: 'replace', path: '/spec/http/0/route/1/weight', value: 40 },
  ]);
  // Every destination and every old weight is tested, also where nothing changes.
  expect(
    steps.filter((step) => /\/route\/\d\/(destination|weight)$/.test(step.path) && step.op === 'test'),
  ).toHaveLength(6);
});

test('the way back takes away a weight that was not there', () => {
  const { document: made, route } = only({ http: [{ route: [to('v1', 100), to('v2')] }] });
  expect(weightSteps(made, route, [95, 5]).at(-1)).toEqual({
    op: 'add',
    path: '/spec/http/0/route/1/weight',
    value: 5,
  });
  const back = inverseSteps(made, route, [95, 5]);
  expect(back.at(-1)).toEqual({ op: 'remove', path: '/spec/http/0/route/1/weight' });
  expect(back.some((step) => step.path === '/metadata/resourceVersion')).toBe(false);
  expect(withWeights(made, route, [95, 5])).toEqual({ http: [{ route: [to('v1', 95), to('v2', 5)] }] });
  expect(made['spec']).toEqual({ http: [{ route: [to('v1', 100), to('v2')] }] });
});

test('a Rollout that names the document decides its weights, whoever wrote last', () => {
  const claims = [{ rollout: 'payment', namespace: 'shop', virtualServices: ['payment'], routes: [] }];
  expect(ownershipOf(document({}), claims)).toMatchObject({
    owner: 'argo-rollouts',
    name: 'payment',
    decidesWeights: true,
  });
  expect(ownershipOf(document({}, { namespace: 'bank' }), claims)).toBeNull();
});

test('who changed a document last is the newest writer of more than its status', () => {
  const managedFields = [
    { manager: 'kubectl', time: '2026-11-22T10:00:00Z' },
    { manager: 'podium', time: '2026-11-22T11:00:00Z' },
    { manager: 'istiod', time: '2026-11-22T12:00:00Z', subresource: 'status' },
  ];
  expect(changedByOf(document({}, { managedFields }))).toEqual({
    who: 'podium',
    at: Date.parse('2026-11-22T11:00:00Z'),
  });
  expect(changedByOf(document({}))).toBeNull();
});

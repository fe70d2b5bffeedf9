import { expect, test } from 'vitest';
import type { SourceHealth } from '../../shared/connectors/kit/connector.ts';
import { openCluster, paths, until } from './cluster.ts';
import { host, marker, open, to, virtualService } from './isolationShop.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';
import {
  callTo,
  createShop,
  type Document,
  endOf,
  heldIn,
  hold,
  isolationOf,
  listed,
  read,
  tripOf,
} from './tripSteps.ts';
import { guardsOf, signal, weightsOf } from './weights.ts';

test('a trip of one caller goes by its proxies alone where conditions name gateways', async () => {
  const entry = (prefix: string, ...gateways: string[]) => ({ uri: { prefix }, gateways });
  await using shop = await open(
    virtualService('inventory', {
      hosts: ['inventory'],
      gateways: ['front', 'mesh'],
      http: [
        { name: 'edge', match: [entry('/edge', 'front')], ...to('inventory') },
        {
          name: 'inside',
          match: [entry('/a', 'mesh'), entry('/b', 'front', 'mesh'), entry('/c', 'front')],
          ...to('inventory'),
        },
        { name: 'other', match: [{ uri: { prefix: '/order' } }], ...to('order') },
      ],
    }),
  );
  const plan = await shop.control.plan(tripOf(callTo(shop.cluster, 'inventory', 'order')), signal);
  await hold(shop.control, plan);
  const { spec } = await read(shop.cluster, `${paths('shop').virtualServices}/inventory`);
  const only = { sourceLabels: { app: 'order' }, sourceNamespace: 'shop' };
  expect(spec.http?.map(({ match }) => match)).toEqual([
    [entry('/edge', 'front')],
    [
      { uri: { prefix: '/a' }, ...only },
      { uri: { prefix: '/b' }, ...only },
    ],
    [entry('/a', 'mesh'), entry('/b', 'front', 'mesh'), entry('/c', 'front')],
    [{ uri: { prefix: '/order' } }],
  ]);
});

const madeForTrips = { 'app.kubernetes.io/managed-by': 'podium' };
const tripRoute = {
  name: 'podium-trip-inventory-9-1',
  fault: { abort: { httpStatus: 503, percentage: { value: 100 } } },
  ...to('inventory'),
};
const restRoute = { name: 'podium-trip-rest', ...to('inventory') };

/** A VirtualService with a trip of another Podium, as if made for it; ended, then read again where it is still there. */
async function endIn(name: string, spec: object): Promise<Document | null> {
  const made = virtualService(name, { hosts: ['inventory'], ...spec }, JSON.stringify([marker()]));
  await using shop = await open({ ...made, metadata: { ...made.metadata, labels: madeForTrips } });
  const [found] = await heldIn(shop.mesh, (all) => all.length > 0);
  if (found === undefined) throw new Error('no trip');
  await shop.control.apply(await shop.control.plan(endOf(found), signal), signal);
  const left = await listed(shop.cluster, paths('shop').virtualServices);
  return left.find(({ metadata }) => metadata.name === name) ?? null;
}

test('what was made for a trip goes with it', async () => {
  expect(await endIn('podium-trip-inventory', { http: [tripRoute, restRoute] })).toBeNull();
});

test.each(['tcp', 'tls'])(
  'what was made for a trip stays where others put %s routes into it, without what was ours',
  async (field) => {
    const match = { port: 9000, ...(field === 'tls' ? { sniHosts: ['inventory'] } : {}) };
    const theirs = [{ match: [match], ...to('inventory') }];
    const left = await endIn('podium-trip-inventory', { http: [tripRoute, restRoute], [field]: theirs });
    expect(left?.spec).toEqual({ hosts: ['inventory'], [field]: theirs });
    expect(left?.metadata.annotations).toBeUndefined();
  },
);

test('what was made for a trip stays where others put requests’ routes into it, with the one for everybody else', async () => {
  const theirs = { name: 'theirs', match: [{ uri: { prefix: '/x' } }], ...to('order') };
  const left = await endIn('podium-trip-inventory', { http: [tripRoute, theirs, restRoute] });
  expect(left?.spec.http).toEqual([theirs, restRoute]);
});

test('a document of another name is never deleted with a trip, whoever is said to manage it', async () => {
  const left = await endIn('inventory', { http: [tripRoute, restRoute] });
  expect(left?.spec.http).toEqual([restRoute]);
});

test('routes that lead elsewhere, and routes that several services share, are left alone', async () => {
  const mixed = {
    name: 'mixed',
    route: [
      { destination: { host: 'inventory' }, weight: 50 },
      { destination: { host: 'order' }, weight: 50 },
    ],
  };
  await using shop = await open(
    virtualService('inventory', {
      hosts: ['inventory'],
      http: [
        { name: 'old', match: [{ uri: { prefix: '/old' } }], redirect: { uri: '/new' } },
        {
          name: 'stock',
          match: [{ uri: { prefix: '/stock' } }, { sourceLabels: { app: 'edge' } }],
          timeout: '2s',
          ...to('inventory'),
        },
        { name: 'elsewhere', match: [{ uri: { prefix: '/order' } }], ...to('order') },
        { name: 'default', ...to('inventory') },
      ],
    }),
    virtualService('front', { hosts: ['front.example.com'], gateways: ['front'], http: [mixed] }),
  );
  const trip = tripOf(callTo(shop.cluster, 'inventory', 'order'), {
    kind: 'divert',
    to: { kind: 'service', host: host('payment'), subset: null },
  });
  const plan = await shop.control.plan(trip, signal);
  expect(plan.changes).toHaveLength(1);
  await hold(shop.control, plan);
  const { spec } = await read(shop.cluster, `${paths('shop').virtualServices}/inventory`);
  expect(spec.http?.map(({ name }) => String(name).replace(/-[0-9a-z]{1,8}-(\d)$/, '-$1'))).toEqual([
    'old',
    'podium-trip-inventory-1',
    'stock',
    'elsewhere',
    'podium-trip-inventory-2',
    'default',
  ]);
  expect(spec.http?.[1]).toMatchObject({
    // The condition that is for another caller is of no use here.
    match: [{ uri: { prefix: '/stock' }, sourceLabels: { app: 'order' }, sourceNamespace: 'shop' }],
    route: [{ destination: { host: host('payment') } }],
    timeout: '2s',
  });
  expect(spec.http?.[4]?.['match']).toEqual([{ sourceLabels: { app: 'order' }, sourceNamespace: 'shop' }]);
  const everyone = await shop.control.plan(tripOf(callTo(shop.cluster, 'inventory')), signal);
  expect(everyone.notes.join(' ')).toMatch(
    /VirtualService shop\/front divides a route between inventory and others/,
  );
});

test('what cannot be tripped by a route is said: two documents, a wildcard, no HTTP, a caller without a sidecar', async () => {
  await using shop = await open(
    virtualService('payment-too', { hosts: ['payment'], http: [to('payment')] }),
    virtualService('everything', { hosts: ['*.wild.svc.cluster.local'], http: [to('inventory')] }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'stock', namespace: 'wild' },
      spec: { selector: { app: 'stock' }, ports: [{ name: 'http', port: 80 }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'database', namespace: 'shop' },
      spec: { selector: { app: 'database' }, ports: [{ name: 'tcp-sql', port: 5432 }] },
    },
  );
  const refusal = async (callee: string, caller?: string, namespace = 'shop') => {
    const call = {
      ...callTo(shop.cluster, callee, caller),
      host: `${callee}.${namespace}.svc.cluster.local`,
    };
    const options = await shop.control.options(call, signal);
    return options.find(({ mechanism }) => mechanism === 'refuse')?.unavailable;
  };
  expect(await refusal('payment')).toMatch(/payment-too.*claim payment; sidecars follow only the older/);
  expect(await refusal('stock', undefined, 'wild')).toMatch(/everything governs stock by a wildcard/);
  expect(await refusal('database')).toMatch(/takes no HTTP/);
  expect(await refusal('inventory', 'payment')).toMatch(/payment has no sidecar/);
  expect(await refusal('inventory', 'order')).toBeNull();
});

test('a caller without a sidecar is not held to what is declared, and of one that nobody knows nobody can tell', async () => {
  await using shop = await open();
  const isHeld = (name: string) => shop.mesh.protections?.isHeldBy?.({ namespace: 'shop', name });
  expect(isHeld('order')).toBe(true);
  expect(isHeld('payment')).toBe(false);
  expect(isHeld('nobody')).toBeNull();
});

test('a service cannot stand in for itself, and one without instances wants its name typed', async () => {
  await using shop = await open({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'empty', namespace: 'shop' },
    spec: { selector: { app: 'empty' }, ports: [{ name: 'http', port: 8080 }] },
  });
  const divert = (name: string) =>
    shop.control.plan(
      tripOf(callTo(shop.cluster, 'payment'), {
        kind: 'divert',
        to: { kind: 'service', host: host(name), subset: null },
      }),
      signal,
    );
  await expect(divert('payment')).rejects.toThrow(/cannot stand in for itself/);
  expect(guardsOf(await divert('empty'))).toMatchObject({ fallback: 'typeName' });
});

test('a trip is no split, and leaves the names of those that are there', async () => {
  await using shop = await open(
    virtualService('inventory', { hosts: ['inventory'], http: [to('inventory')] }),
  );
  const splits = async () => {
    const all = await until(
      (stop) => weightsOf(shop.mesh).watch(stop, () => undefined),
      () => true,
    );
    return all.map(({ id, route }) => [id, route.title]);
  };
  const before = await splits();
  expect(before).toHaveLength(3);
  await hold(shop.control, await shop.control.plan(tripOf(callTo(shop.cluster, 'inventory')), signal));
  await heldIn(shop.mesh, (all) => all.length > 0);
  expect(await splits()).toEqual(before);
});

test('who may not read policies still sees and makes trips by routes, and is told why a policy is not offered', async () => {
  await using cluster = await startSimulatedCluster();
  await createShop(cluster);
  const apiGroups = ['', 'apps', 'discovery.k8s.io', 'networking.istio.io', 'authorization.k8s.io'];
  const rules = [{ verbs: ['*'], apiGroups, resources: ['*'] }];
  cluster.tokens.set('routes', { name: 'routes', rules });
  await using opened = await openCluster(cluster.settingsFor('routes'));
  const control = isolationOf(opened.mesh);
  let health = null as SourceHealth | null;
  const trips = await until(
    (stop) => control.watch(stop, (state) => (health = state)),
    () => true,
  );
  expect(trips).toEqual([]);
  expect(health?.ok ?? true).toBe(true);
  const options = await control.options(callTo(cluster, 'inventory'), signal);
  expect(options.map(({ unavailable }) => unavailable)).toEqual([
    null,
    null,
    expect.stringMatching(/AuthorizationPolicies cannot be read here/),
  ]);
  await hold(control, await control.plan(tripOf(callTo(cluster, 'payment')), signal));
  await heldIn(opened.mesh, (all) => all.length === 1);
});

import { expect, test } from 'vitest';
import type { SourceHealth } from '../../shared/connectors/kit/reading.ts';
import type { Guard } from '../../shared/model/change.ts';
import { anyWeights } from './anyWeights.ts';
import { until } from './cluster.ts';
import { routeConditionsConformance } from './routeConditions.ts';
import { routesConformance } from './routes.ts';
import { createRoutedPayment, openRoutes, startRoutedPayment } from './routesPayment.ts';
import { type SimulatedCluster, simulatedOperatorOf, startSimulatedCluster } from './simulatedCluster.ts';
import { shift, signal, weightsOf } from './weights.ts';

const start = () => startSimulatedCluster({ serves: ['gateway.networking.k8s.io'] });

anyWeights('HTTPRoutes of the rehearsal’s API server', () => startRoutedPayment(start));
anyWeights('GRPCRoutes of the rehearsal’s API server', () => startRoutedPayment(start, 'GRPCRoute'));
routesConformance('the rehearsal’s API server', start, simulatedOperatorOf);
routeConditionsConformance('the rehearsal’s API server', start);

const virtualService = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'payment', namespace: 'shop' },
  spec: { hosts: ['payment'], http: [{ route: [{ destination: { host: 'payment-v1' } }] }] },
};

/** What the review of a shift says of VirtualServices. */
async function mixedIn(cluster: SimulatedCluster): Promise<Guard | undefined> {
  await using open = await openRoutes(cluster.settings);
  const splits = await until(
    (stop) => weightsOf(open.routes).watch(stop, () => undefined),
    (all) => all.some(({ route }) => route.title === 'default'),
  );
  const split = splits.find(({ route }) => route.title === 'default');
  if (split === undefined) throw new Error('the split is gone');
  const plan = await weightsOf(open.routes).plan(shift(split, [95, 5]), signal);
  return plan.guards.find(({ id }) => id === 'mixed');
}

test('M13 VirtualServices that may not be read are not taken for none', async () => {
  await using cluster = await start();
  await createRoutedPayment(cluster);
  expect(await mixedIn(cluster)).toMatchObject({ verdict: 'pass' });
  cluster.store.put(virtualService);
  cluster.server.faults.add(
    { kind: 'answer', code: 403 },
    ({ resource }) => resource === 'virtualservices',
    Infinity,
  );
  const mixed = await mixedIn(cluster);
  expect(mixed).toMatchObject({ verdict: 'tick' });
  expect(mixed?.title).toContain('is not known');
  expect(mixed?.detail).toContain('VirtualServices cannot be read: ');
});

test('M13 a VirtualService of an Istio that serves v1beta1 alone is in the way too', async () => {
  await using cluster = await start();
  await createRoutedPayment(cluster);
  cluster.store.put(virtualService);
  cluster.server.faults.add(
    { kind: 'answer', code: 404 },
    ({ path }) => /^\/apis\/networking\.istio\.io\/v1(\/|$)/.test(path),
    Infinity,
  );
  expect(await mixedIn(cluster)).toMatchObject({ verdict: 'block' });
});

test('M13 where a ServiceProfile of Linkerd’s is, weights are not written: nobody would follow them', async () => {
  await using cluster = await startSimulatedCluster({
    serves: ['gateway.networking.k8s.io', 'linkerd.io'],
  });
  await createRoutedPayment(cluster);
  const guardFor = async (profileIn: string | null): Promise<Guard | undefined> => {
    if (profileIn !== null)
      cluster.store.put({
        apiVersion: 'linkerd.io/v1alpha2',
        kind: 'ServiceProfile',
        metadata: { name: 'payment.shop.svc.cluster.local', namespace: profileIn },
        spec: { routes: [] },
      });
    await using open = await openRoutes(cluster.settings);
    const splits = await until(
      (stop) => weightsOf(open.routes).watch(stop, () => undefined),
      (all) => all.some(({ route }) => route.title === 'default'),
    );
    const split = splits.find(({ route }) => route.title === 'default');
    if (split === undefined) throw new Error('the split is gone');
    const plan = await weightsOf(open.routes).plan(shift(split, [95, 5]), signal);
    return plan.guards.find(({ id }) => id === 'service-profile');
  };
  expect(await guardFor(null)).toMatchObject({ verdict: 'pass' });
  expect(await guardFor('customers')).toMatchObject({
    verdict: 'tick',
    title: 'Callers in customers follow no route of the service',
  });
  expect(await guardFor('shop')).toMatchObject({
    verdict: 'block',
    title: 'Linkerd follows no route of Service shop/payment',
  });
});

test('a route that a Rollout of another namespace decides, by its plug-in, is read only', async () => {
  await using cluster = await startSimulatedCluster({ serves: ['gateway.networking.k8s.io', 'argoproj.io'] });
  await createRoutedPayment(cluster);
  const plugin = { 'argoproj-labs/gatewayAPI': { httpRoute: 'payment', namespace: 'shop' } };
  cluster.store.put({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'payment', namespace: 'releases' },
    spec: { strategy: { canary: { trafficRouting: { plugins: plugin } } } },
  });
  await using open = await openRoutes(cluster.settings);
  const owners = await until(
    async function* (stop) {
      for await (const splits of weightsOf(open.routes).watch(stop, () => undefined))
        yield splits.map(({ ownership }) => ownership?.name ?? null);
    },
    (all) => all.includes('payment'),
  );
  expect(new Set(owners)).toEqual(new Set(['payment']));
});

test('where nobody follows routes that is said of each of them, and the cluster is not called one with a mesh', async () => {
  await using cluster = await startSimulatedCluster(
    { serves: ['gateway.networking.k8s.io'] },
    { istiod: false },
  );
  cluster.server.faults.add(
    { kind: 'answer', code: 404 },
    ({ path }) => /^\/apis\/networking\.istio\.io(\/|$)/.test(path),
    Infinity,
  );
  await createRoutedPayment(cluster);
  await using open = await openRoutes(cluster.settings);
  const found = await open.root.offers?.find(signal);
  expect(found?.offers.map(({ connector }) => connector)).toEqual(['gateway-api']);
  const consequence = found?.absent.find(({ connector }) => connector === 'istio')?.consequence;
  expect(consequence).toContain('alone, where a controller follows them');
  const nobody = 'none has said anything of any route here, so none seems to run';
  const splits = await until(
    (stop) => weightsOf(open.routes).watch(stop, () => undefined),
    (all) => all.length === 2,
  );
  expect(splits.map(({ standing }) => standing?.state)).toEqual(['waiting', 'waiting']);
  const split = splits.find(({ route }) => route.title === 'default');
  if (split === undefined) throw new Error('the split is gone');
  expect(split.standing?.text).toContain(nobody);
  const plan = await weightsOf(open.routes).plan(shift(split, [95, 5]), signal);
  expect(plan.guards.find(({ id }) => id === 'controllers')).toMatchObject({
    verdict: 'tick',
    detail: expect.stringContaining(nobody) as string,
  });
  const key = { namespace: 'shop', name: 'payment', hosts: ['payment.shop.svc.cluster.local'] };
  const documents = (await open.routes.documents?.read(key, signal)) ?? [];
  expect(documents[0]?.findings.map(({ rule }) => rule)).toContain('route-not-taken-up');
});

test('a kind of routes that may not be read hides no split of another, and is told', async () => {
  await using cluster = await start();
  await createRoutedPayment(cluster);
  cluster.server.faults.add(
    { kind: 'answer', code: 403 },
    ({ resource }) => resource === 'grpcroutes',
    Infinity,
  );
  await using open = await openRoutes(cluster.settings);
  let health: SourceHealth | null = null;
  const splits = await until(
    (stop) =>
      weightsOf(open.routes).watch(stop, (state) => {
        health = state;
      }),
    (all) => all.length > 0,
  );
  expect(splits.map(({ route }) => route.title)).toContain('default');
  expect(health).toMatchObject({ ok: false });
});

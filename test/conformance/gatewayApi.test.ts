import { expect, test } from 'vitest';
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

import { describe, expect, test, vi } from 'vitest';
import { gatewayApi } from '../../shared/connectors/gateway-api/connector.ts';
import { capabilitiesOf } from '../../shared/connectors/kit/capabilities.ts';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { Split } from '../../shared/model/weights.ts';
import type { OperatorOf } from '../support/bindRoles.ts';
import { type ClusterUnderTest, openCluster, paths, until } from './cluster.ts';
import { createRoutedPayment, openRoutes, paymentRoute, routesPath, serviceFor } from './routesPayment.ts';
import { guardsOf, shift, signal, splitOf, weightsOf } from './weights.ts';

/** Who wrote fields of a document, and when: RFC 3339 times of whole seconds. */
interface Written {
  readonly metadata: {
    readonly managedFields: readonly {
      readonly manager: string;
      readonly time: string;
      readonly subresource?: string;
    }[];
  };
}

/** The split of a rule of payment's route, or of another document, once it is as expected. */
async function ruleOf(
  session: Session,
  namespace: string,
  expected: (split: Split) => boolean,
  name = 'payment',
): Promise<Split> {
  const isIt = (split: Split): boolean =>
    split.document.namespace === namespace &&
    split.document.name === name &&
    split.route.title === 'default' &&
    expected(split);
  const splits = await until(
    (stop) => weightsOf(session).watch(stop, () => undefined),
    (all) => all.some(isIt),
  );
  const found = splits.find(isIt);
  if (found === undefined) throw new Error('the split is gone');
  return found;
}

const working = ({ standing }: Split): boolean => standing?.state === 'working';
const guardOf = (plan: { readonly guards: readonly { id: string; detail: string | null }[] }, id: string) =>
  plan.guards.find((guard) => guard.id === id)?.detail ?? '';

/** What HTTPRoutes and GRPCRoutes are read for and how they are written, whoever serves them, with istiod's word in them. */
export function routesConformance<Cluster extends ClusterUnderTest>(
  name: string,
  start: () => Promise<Cluster>,
  operatorOf: OperatorOf<Cluster>,
): void {
  describe(`routes of the Gateway API on ${name}`, () => {
    test('have just what their connector declares, and a part without weights is one of equal parts', async () => {
      await using cluster = await start();
      const { namespace, call } = cluster;
      await createRoutedPayment(cluster);
      await using open = await openRoutes(cluster.settings);
      expect([...capabilitiesOf(open.routes)].sort()).toEqual([...gatewayApi.capabilities].sort());
      const split = await ruleOf(open.routes, namespace, working);
      expect(split.standing?.text).toContain('istio.io/gateway-controller');
      expect(split.changedBy).toMatchObject({
        who: expect.any(String) as string,
        at: expect.any(Number) as number,
      });
      await call('POST', routesPath(namespace), {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name: 'even', namespace },
        spec: {
          parentRefs: [{ group: '', kind: 'Service', name: 'payment-refunds', port: 8080 }],
          rules: [
            {
              backendRefs: [
                { name: 'payment-v1', port: 8080 },
                { name: 'payment-v2', port: 8080 },
              ],
            },
          ],
        },
      });
      const even = await ruleOf(open.routes, namespace, working, 'even');
      expect(even.destinations.map(({ weight }) => weight)).toEqual([1, 1]);
      // One and one leave no room between: such a sum may become another.
      const plan = await weightsOf(open.routes).plan(shift(even, [90, 10]), signal);
      expect(guardsOf(plan)).toMatchObject({ sum: 'pass', 'dry-run': 'pass', controllers: 'pass' });
    });

    test('are shifted and put back by who has the documented role for it, and by nobody who may only look', async () => {
      await using cluster = await start();
      const { namespace, call } = cluster;
      await createRoutedPayment(cluster);
      await call('POST', routesPath(namespace, 'grpcroutes'), {
        ...(paymentRoute(namespace, 'GRPCRoute') as object),
        metadata: { name: 'ledger', namespace },
      });
      await using looking = await openRoutes(await operatorOf(cluster, ['read']));
      const seen = await ruleOf(looking.routes, namespace, working);
      expect(guardsOf(await weightsOf(looking.routes).plan(shift(seen, [95, 5]), signal))).toMatchObject({
        access: 'block',
      });
      await using open = await openRoutes(await operatorOf(cluster, ['gateway-api']));
      for (const document of ['payment', 'ledger']) {
        const control = weightsOf(open.routes);
        const operation = shift(await ruleOf(open.routes, namespace, () => true, document), [95, 5]);
        const plan = await control.plan(operation, signal);
        expect(guardsOf(plan), document).toMatchObject({ access: 'pass', 'dry-run': 'pass' });
        await control.apply(plan, signal);
        await control.apply(await control.planUndo(operation, plan.changes, signal), signal);
      }
    });

    test('that are accepted are not called working while a reference is unresolved', async () => {
      await using cluster = await start();
      const { namespace, call } = cluster;
      await createRoutedPayment(cluster);
      await using open = await openRoutes(cluster.settings);
      await ruleOf(open.routes, namespace, working);
      const backends = (second: string, port = 8080) => ({
        spec: {
          rules: [
            {
              name: 'default',
              backendRefs: [
                { name: 'payment-v1', port: 8080, weight: 70 },
                { name: second, port, weight: 30 },
              ],
            },
          ],
        },
      });
      await call('PATCH', `${routesPath(namespace)}/payment`, backends('payment-v3'));
      const broken = await ruleOf(open.routes, namespace, (split) => split.standing?.state === 'refused');
      expect(broken.standing?.text).toContain('ResolvedRefs is False, BackendNotFound');
      const away = await weightsOf(open.routes).plan(shift(broken, [100, 0]), signal);
      expect(guardsOf(away)).toMatchObject({ controllers: 'tick', destinations: 'pass' });
      const key = { namespace, name: 'payment', hosts: [`payment.${namespace}.svc.cluster.local`] };
      const documents = (await open.routes.documents?.read(key, signal)) ?? [];
      expect(documents.flatMap(({ findings }) => findings.map(({ rule }) => rule)).sort()).toEqual([
        'backend-not-found',
        'route-refused',
      ]);

      // istiod says that all is resolved, and answers such calls with 500 all the same.
      await call('PATCH', `${routesPath(namespace)}/payment`, backends('payment-v2', 9999));
      const portless = await ruleOf(
        open.routes,
        namespace,
        (split) => working(split) && split.destinations[1]?.problem !== null,
      );
      expect(portless.destinations[1]?.problem).toBe('Service payment-v2 has no port 9999');
    });

    test('M13 beside a VirtualService for the same service are not written, and neither is that', async () => {
      await using cluster = await start();
      const { namespace, call } = cluster;
      await createRoutedPayment(cluster);
      await call('POST', paths(namespace).virtualServices, {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name: 'payment', namespace },
        spec: {
          hosts: ['payment'],
          http: [
            {
              name: 'default',
              route: [
                { destination: { host: 'payment-v1' }, weight: 70 },
                { destination: { host: 'payment-v2' }, weight: 30 },
              ],
            },
          ],
        },
      });
      await using open = await openRoutes(cluster.settings);
      const plan = await weightsOf(open.routes).plan(
        shift(await ruleOf(open.routes, namespace, working), [95, 5]),
        signal,
      );
      expect(guardsOf(plan)).toMatchObject({ mixed: 'block' });
      expect(guardOf(plan, 'mixed')).toContain('is not defined');
      await using mesh = await openCluster(cluster.settings);
      const other = await weightsOf(mesh.mesh).plan(
        shift(await splitOf(mesh.mesh, namespace, ({ revision }) => revision !== ''), [95, 5]),
        signal,
      );
      expect(guardsOf(other)).toMatchObject({ 'http-routes': 'block' });

      // A GRPCRoute is as much in its way.
      await call('DELETE', `${routesPath(namespace)}/payment`);
      await call('POST', routesPath(namespace, 'grpcroutes'), paymentRoute(namespace, 'GRPCRoute'));
      const again = await weightsOf(mesh.mesh).plan(
        shift(await splitOf(mesh.mesh, namespace, ({ revision }) => revision !== ''), [95, 5]),
        signal,
      );
      expect(again.guards.find(({ id }) => id === 'http-routes')).toMatchObject({
        verdict: 'block',
        title: 'GRPCRoute payment governs payment already',
      });
    });

    test('send calls to another namespace only where that grants it', async () => {
      await using cluster = await start();
      const { namespace, call } = cluster;
      await createRoutedPayment(cluster);
      const elsewhere = `${namespace}-vault`;
      await call('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: elsewhere },
      });
      try {
        await call('POST', paths(elsewhere).services, serviceFor(elsewhere, 'vault', { app: 'vault' }));
        await call('PATCH', `${routesPath(namespace)}/payment`, {
          spec: {
            rules: [
              {
                name: 'default',
                backendRefs: [
                  { name: 'payment-v1', port: 8080, weight: 70 },
                  { name: 'vault', namespace: elsewhere, port: 8080, weight: 30 },
                ],
              },
            ],
          },
        });
        await using open = await openRoutes(cluster.settings);
        const refused = await ruleOf(
          open.routes,
          namespace,
          (split) => split.destinations[1]?.problem !== null,
        );
        expect(refused.destinations[1]?.problem).toContain(`no ReferenceGrant in ${elsewhere}`);
        await call('POST', routesPath(elsewhere, 'referencegrants', 'v1beta1'), {
          apiVersion: 'gateway.networking.k8s.io/v1beta1',
          kind: 'ReferenceGrant',
          metadata: { name: 'from-payment', namespace: elsewhere },
          spec: {
            from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace }],
            to: [{ group: '', kind: 'Service', name: 'vault' }],
          },
        });
        const granted = await ruleOf(
          open.routes,
          namespace,
          (split) => split.destinations[1]?.problem === null,
        );
        expect(granted.destinations[1]?.title).toBe('vault');
      } finally {
        await call('DELETE', `/api/v1/namespaces/${elsewhere}`);
      }
    });

    test('of a rollout controller are read only', async () => {
      await using cluster = await start();
      const { namespace, call } = cluster;
      await createRoutedPayment(cluster);
      await call('PATCH', `${routesPath(namespace)}/payment`, {
        metadata: {
          ownerReferences: [
            {
              apiVersion: 'flagger.app/v1beta1',
              kind: 'Canary',
              name: 'payment',
              uid: '0a5d7a4e-4f3b-4c59-9d3b-0c8f6a2f1f11',
              controller: true,
            },
          ],
        },
      });
      await using open = await openRoutes(cluster.settings);
      const split = await ruleOf(open.routes, namespace, ({ ownership }) => ownership?.owner === 'flagger');
      await expect(weightsOf(open.routes).plan(shift(split, [95, 5]), signal)).rejects.toThrow(/Flagger/);
    });

    test('that a Rollout’s controller wrote are read only, also where no Rollout can be seen', async () => {
      await using cluster = await start();
      const { namespace, call } = cluster;
      await createRoutedPayment(cluster);
      // The server writes down whole seconds, and of two writers within one nobody can say who was last.
      let times = 0;
      await vi.waitUntil(
        async () => {
          times += 1;
          const route = await call(
            'PATCH',
            `${routesPath(namespace)}/payment?fieldManager=rollouts-controller`,
            {
              metadata: { annotations: { note: `written by a controller, ${times} times` } },
            },
          );
          const others = (route as Written).metadata.managedFields.filter(
            ({ subresource }) => subresource !== 'status',
          );
          const byController = others.find(({ manager }) => manager === 'rollouts-controller');
          return others.every((one) => one === byController || one.time < (byController?.time ?? ''));
        },
        { timeout: 10_000, interval: 200 },
      );
      await using open = await openRoutes(cluster.settings);
      const split = await ruleOf(open.routes, namespace, ({ ownership }) => ownership !== null);
      expect(split).toMatchObject({
        ownership: { owner: 'argo-rollouts', name: 'a Rollout' },
        changedBy: { who: 'rollouts-controller' },
      });
    });

    test('that hang on a Gateway nobody runs are not called followed', async () => {
      await using cluster = await start();
      const { namespace, call } = cluster;
      await createRoutedPayment(cluster);
      const route = paymentRoute(namespace) as { readonly spec: object; readonly metadata: object };
      await call('POST', routesPath(namespace), {
        ...route,
        metadata: { name: 'front', namespace },
        spec: { ...route.spec, parentRefs: [{ name: 'nowhere' }], hostnames: ['pay.example.com'] },
      });
      await using open = await openRoutes(cluster.settings);
      const split = await ruleOf(
        open.routes,
        namespace,
        ({ hosts }) => hosts[0] === 'pay.example.com',
        'front',
      );
      expect(split.gateways).toEqual([`${namespace}/nowhere`]);
      const plan = await weightsOf(open.routes).plan(shift(split, [95, 5]), signal);
      expect(guardsOf(plan)).toMatchObject({ controllers: 'tick' });
    });
  });
}

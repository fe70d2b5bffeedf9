import { describe, expect, test } from 'vitest';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { IsolationControl, PlannedWrite } from '../../shared/connectors/kit/control.ts';
import type { HeldTrip, TripMechanism } from '../../shared/model/trip.ts';
import { type ClusterUnderTest, openCluster, paths, until } from './cluster.ts';
import {
  callTo,
  createShop,
  endOf,
  heldIn,
  hold,
  isolationOf,
  lasting,
  listed,
  nameOfFirst,
  read,
  refuse,
  tripOf,
} from './tripSteps.ts';
import { changeOf, guardsOf, ready, signal, splitOf } from './weights.ts';

/** What every control of trips on a Kubernetes API does, whoever serves it. */
export function isolationConformance(name: string, start: () => Promise<ClusterUnderTest>): void {
  const inShop = (
    title: string,
    run: (cluster: ClusterUnderTest, mesh: Session, control: IsolationControl) => Promise<void>,
  ) =>
    test(title, async () => {
      await using cluster = await start();
      await createShop(cluster);
      await using open = await openCluster(cluster.settings);
      await splitOf(open.mesh, cluster.namespace, ready);
      await run(cluster, open.mesh, isolationOf(open.mesh));
    });

  describe(`trips on ${name}`, () => {
    inShop(
      'a plan writes nothing; held, calls are refused before every other route; undone, all is as before',
      async (cluster, mesh, control) => {
        const before = await read(cluster);
        const plan = await control.plan(tripOf(callTo(cluster, 'payment')), signal);
        expect(plan.title).toBe('Trip payment: callers get 503 for 5 min');
        expect(new Set(Object.values(guardsOf(plan)))).toEqual(new Set(['pass']));
        expect(plan.expectation).toMatchObject({
          kind: 'refusals',
          status: 503,
          flags: ['FI'],
          caller: null,
        });
        expect(await read(cluster)).toEqual(before);

        const written = await hold(control, plan);
        const after = await read(cluster);
        expect(after.spec.http?.[0]).toMatchObject({
          name: expect.stringMatching(/^podium-trip-payment-/) as unknown,
          fault: { abort: { httpStatus: 503, percentage: { value: 100 } } },
        });
        expect(after.spec.http?.slice(1)).toEqual(before.spec.http);
        expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'after' });
        const [trip] = await heldIn(mesh, (trips) => trips.length > 0);
        expect(trip).toMatchObject({
          id: `op-1@payment.${cluster.namespace}.svc.cluster.local`,
          operationId: 'op-1',
          by: 'jo',
          reason: 'provider is down',
          caller: null,
          mechanism: refuse,
          document: { kind: 'VirtualService', name: 'payment' },
        });
        const undo = await control.planUndo(tripOf(callTo(cluster, 'payment')), written.changes, signal);
        expect(undo).toMatchObject({ threeWay: null, expectation: { kind: 'served', flags: ['FI'] } });
        await control.apply(undo, signal);
        expect(lasting(await read(cluster))).toEqual(lasting(before));
        expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'before' });
        expect(await heldIn(mesh, (trips) => trips.length === 0)).toEqual([]);
      },
    );

    inShop(
      'a trip is seen and ended by a second Podium that knows only the marker',
      async (cluster, _mesh, control) => {
        const before = await read(cluster);
        await hold(control, await control.plan(tripOf(callTo(cluster, 'payment', 'order')), signal));
        await using second = await openCluster(cluster.settings);
        const other = isolationOf(second.mesh);
        const [trip] = await heldIn(second.mesh, (trips) => trips.length > 0);
        expect(trip?.caller).toEqual({ namespace: cluster.namespace, name: 'order' });
        const end = await other.plan(endOf(trip as HeldTrip), signal);
        expect(end.title).toBe('End trip of order → payment: calls reach it again');
        await other.apply(end, signal);
        expect(lasting(await read(cluster))).toEqual(lasting(before));
        expect(await other.verify(changeOf(end), signal)).toMatchObject({ state: 'after' });
        await heldIn(second.mesh, (trips) => trips.length === 0);
        await expect(other.plan(endOf(trip as HeldTrip), signal)).rejects.toMatchObject({ kind: 'refused' });
      },
    );

    inShop(
      'one caller is told by its pods’ labels, and the others keep their routes',
      async (cluster, _mesh, control) => {
        await hold(control, await control.plan(tripOf(callTo(cluster, 'payment', 'order')), signal));
        const after = await read(cluster);
        expect(after.spec.http?.[0]?.['match']).toEqual([
          { sourceLabels: { app: 'order' }, sourceNamespace: cluster.namespace },
        ]);
        const unknown = control.plan(tripOf(callTo(cluster, 'payment', 'nobody')), signal);
        await expect(unknown).rejects.toThrow(/No pod is known to be nobody/);
      },
    );

    inShop(
      'calls are diverted to another service, or get a fixed answer',
      async (cluster, _mesh, control) => {
        const to = { kind: 'service' as const, host: callTo(cluster, 'inventory').host, subset: null };
        const plan = await control.plan(tripOf(callTo(cluster, 'payment'), { kind: 'divert', to }), signal);
        expect(guardsOf(plan)).toMatchObject({ fallback: 'pass' });
        expect(plan.expectation).toMatchObject({ kind: 'diversion', to: { host: to.host } });
        const written = await hold(control, plan);
        expect((await read(cluster)).spec.http?.[0]).toMatchObject({
          route: [{ destination: { host: to.host } }],
        });
        await control.apply(
          await control.planUndo(tripOf(callTo(cluster, 'payment')), written.changes, signal),
          signal,
        );
        const answer = { kind: 'answer' as const, status: 200, body: '{"paid":"later"}' };
        await hold(
          control,
          await control.plan(tripOf(callTo(cluster, 'payment'), { kind: 'divert', to: answer }), signal),
        );
        expect((await read(cluster)).spec.http?.[0]).toMatchObject({
          directResponse: { status: 200, body: { string: '{"paid":"later"}' } },
        });
        const nowhere = { kind: 'service' as const, host: 'absent.example.com', subset: null };
        const bad = await control.plan(
          tripOf(callTo(cluster, 'payment'), { kind: 'divert', to: nowhere }),
          signal,
        );
        expect(guardsOf(bad)).toMatchObject({ fallback: 'block' });
      },
    );

    inShop(
      'where nothing governs a service a document is made for the trip and goes with it',
      async (cluster, mesh, control) => {
        const { virtualServices } = paths(cluster.namespace);
        const written = await hold(
          control,
          await control.plan(tripOf(callTo(cluster, 'inventory', 'order')), signal),
        );
        const made = await read(cluster, `${virtualServices}/podium-trip-inventory`);
        expect(made.metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'podium' });
        expect(made.spec.http).toHaveLength(2);
        expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'after' });
        await heldIn(mesh, (trips) => trips.length === 1);
        // A second trip goes into the same document, which stays until the last one ends.
        const second = await hold(
          control,
          await control.plan(tripOf(callTo(cluster, 'inventory')), signal),
          'op-2',
        );
        expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'after' });
        await heldIn(mesh, (trips) => trips.length === 2);
        const trip = tripOf(callTo(cluster, 'inventory'));
        await control.apply(await control.planUndo(trip, written.changes, signal), signal);
        expect((await read(cluster, `${virtualServices}/podium-trip-inventory`)).spec.http).toHaveLength(2);
        await control.apply(await control.planUndo(trip, second.changes, signal), signal);
        expect((await listed(cluster, virtualServices)).map(({ metadata }) => metadata.name)).toEqual([
          'payment',
        ]);
        expect(await control.verify(changeOf(second), signal)).toMatchObject({ state: 'before' });
      },
    );

    inShop(
      'a policy denies the callee’s pods, and goes when the trip ends',
      async (cluster, mesh, control) => {
        const { authorizationPolicies } = paths(cluster.namespace);
        const deny: TripMechanism = { kind: 'deny' };
        const written = await hold(
          control,
          await control.plan(tripOf(callTo(cluster, 'inventory'), deny), signal),
        );
        expect(await listed(cluster, authorizationPolicies)).toMatchObject([
          { spec: { action: 'DENY', selector: { matchLabels: { app: 'inventory' } }, rules: [{}] } },
        ]);
        expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'after' });
        const [trip] = await heldIn(mesh, (trips) => trips.length > 0);
        await control.apply(await control.plan(endOf(trip as HeldTrip), signal), signal);
        expect(await listed(cluster, authorizationPolicies)).toEqual([]);
        // Nobody would deny a call to pods without a sidecar.
        const bare = control.plan(tripOf(callTo(cluster, 'payment'), deny), signal);
        await expect(bare).rejects.toThrow(/no sidecar/);
      },
    );

    inShop(
      'what others change elsewhere in the document meanwhile stays, also when routes are put in another order',
      async (cluster, _mesh, control) => {
        const { virtualServices } = paths(cluster.namespace);
        const written = await hold(control, await control.plan(tripOf(callTo(cluster, 'payment')), signal));
        const [trip, refunds, rest] = (await read(cluster)).spec.http ?? [];
        const http = [refunds, trip, { ...rest, timeout: '7s' }];
        await cluster.call('PATCH', `${virtualServices}/payment`, { spec: { http } });
        expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'after' });
        const undo = await control.planUndo(tripOf(callTo(cluster, 'payment')), written.changes, signal);
        expect(undo.threeWay).toBeNull();
        await control.apply(undo, signal);
        expect((await read(cluster)).spec.http).toEqual([refunds, { ...rest, timeout: '7s' }]);
      },
    );

    inShop(
      'where somebody changed the trip’s own route the end of it shows three versions',
      async (cluster, _mesh, control) => {
        const { virtualServices } = paths(cluster.namespace);
        const written = await hold(control, await control.plan(tripOf(callTo(cluster, 'payment')), signal));
        const [trip, ...others] = (await read(cluster)).spec.http ?? [];
        const softer = { ...trip, fault: { abort: { httpStatus: 503, percentage: { value: 10 } } } };
        await cluster.call('PATCH', `${virtualServices}/payment`, { spec: { http: [softer, ...others] } });
        expect(await control.verify(changeOf(written), signal)).toMatchObject({ state: 'else' });
        const undo = await control.planUndo(tripOf(callTo(cluster, 'payment')), written.changes, signal);
        expect(undo.threeWay).toMatchObject({ kind: 'document', document: { name: 'payment' } });
      },
    );

    inShop(
      'a trip planned before someone else’s write is refused, and theirs stays',
      async (cluster, mesh, control) => {
        const first = await control.plan(tripOf(callTo(cluster, 'payment')), signal);
        const second = await control.plan(tripOf(callTo(cluster, 'payment')), signal);
        await hold(control, first);
        await expect(hold(control, second, 'op-2')).rejects.toMatchObject({ kind: 'conflict' });
        const [trip] = await heldIn(mesh, (trips) => trips.length > 0);
        const again = await control.plan(tripOf(callTo(cluster, 'payment')), signal);
        expect(guardsOf(again)).toMatchObject({ 'held-already': 'tick' });
        expect(trip?.operationId).toBe('op-1');
      },
    );

    inShop('a fault that is there already stays as it is', async (cluster, _mesh, control) => {
      const { virtualServices } = paths(cluster.namespace);
      const [refunds, rest] = (await read(cluster)).spec.http ?? [];
      const fault = { delay: { fixedDelay: '1s', percentage: { value: 5 } } };
      await cluster.call('PATCH', `${virtualServices}/payment`, {
        spec: { http: [refunds, { ...rest, fault }] },
      });
      const before = await read(cluster);
      const written = await hold(control, await control.plan(tripOf(callTo(cluster, 'payment')), signal));
      expect((await read(cluster)).spec.http?.at(-1)).toMatchObject({ fault });
      await control.apply(
        await control.planUndo(tripOf(callTo(cluster, 'payment')), written.changes, signal),
        signal,
      );
      expect(lasting(await read(cluster))).toEqual(lasting(before));
    });

    inShop(
      'a gateway’s route to the service is tripped too, and its other routes are not',
      async (cluster, _mesh, control) => {
        const { namespace } = cluster;
        const { virtualServices } = paths(namespace);
        await cluster.call('POST', virtualServices, {
          apiVersion: 'networking.istio.io/v1',
          kind: 'VirtualService',
          metadata: { name: 'way-in', namespace },
          spec: {
            hosts: [`${namespace}.example.com`],
            gateways: ['way-in'],
            http: [
              {
                name: 'orders',
                match: [{ uri: { prefix: '/order' } }],
                route: [{ destination: { host: 'order' } }],
              },
              {
                name: 'pay',
                match: [{ uri: { prefix: '/pay' } }],
                route: [{ destination: { host: 'payment' } }],
              },
            ],
          },
        });
        const before = await read(cluster, `${virtualServices}/way-in`);
        const plan = await until(
          async function* () {
            for (;;) yield await control.plan(tripOf(callTo(cluster, 'payment')), signal);
          },
          ({ changes }: PlannedWrite) => changes.length === 2,
        );
        const written = await hold(control, plan);
        const after = await read(cluster, `${virtualServices}/way-in`);
        expect(after.spec.http?.map((route) => route['name'])).toEqual([
          'orders',
          expect.stringMatching(/^podium-trip-payment/),
          'pay',
        ]);
        expect(after.spec.http?.[1]?.['match']).toEqual([{ uri: { prefix: '/pay' } }]);
        expect(nameOfFirst(await read(cluster))).toMatch(/^podium-trip-payment/);
        await control.apply(
          await control.planUndo(tripOf(callTo(cluster, 'payment')), written.changes, signal),
          signal,
        );
        expect(lasting(await read(cluster, `${virtualServices}/way-in`))).toEqual(lasting(before));
      },
    );

    inShop(
      'a document that Flagger owns is not touched: only a policy is offered',
      async (cluster, mesh, control) => {
        const { virtualServices } = paths(cluster.namespace);
        await cluster.call('PATCH', `${virtualServices}/payment`, {
          metadata: {
            ownerReferences: [
              {
                apiVersion: 'flagger.app/v1beta1',
                kind: 'Canary',
                name: 'payment',
                uid: 'f1a66e12-0000-4000-8000-000000000000',
                controller: true,
              },
            ],
          },
        });
        await splitOf(mesh, cluster.namespace, (split) => split.ownership?.owner === 'flagger');
        const options = await control.options(callTo(cluster, 'payment'), signal);
        expect(
          options.map(({ mechanism, unavailable }) => [
            mechanism,
            unavailable === null ? null : /overwrite|no sidecar/.test(unavailable),
          ]),
        ).toEqual([
          ['refuse', true],
          ['divert', true],
          ['deny', true],
        ]);
        await cluster.run({ app: 'payment', version: 'v3', instances: 1, sidecar: true });
        const plan = await until(
          async function* () {
            for (;;)
              yield await control
                .plan(tripOf(callTo(cluster, 'payment'), { kind: 'deny' }), signal)
                .catch(() => null);
          },
          (made: PlannedWrite | null) => made !== null,
        );
        expect(plan?.changes.map(({ document }) => document.kind)).toEqual(['AuthorizationPolicy']);
        await expect(control.plan(tripOf(callTo(cluster, 'payment')), signal)).rejects.toThrow(
          /overwrite the whole of it/,
        );
      },
    );

    inShop(
      'a fallback is declared on the service’s document, offered first, and taken back exactly',
      async (cluster, _mesh, control) => {
        const before = await read(cluster);
        const fallback = { kind: 'service' as const, host: callTo(cluster, 'inventory').host, subset: null };
        const operation = {
          kind: 'setFallback' as const,
          connectionId: 'conformance',
          call: callTo(cluster, 'payment'),
          fallback,
        };
        const plan = await control.plan(operation, signal);
        await control.apply(plan, signal);
        expect(lasting(await read(cluster))).toEqual({
          ...lasting(before),
          annotations: { ...before.metadata.annotations, 'podium.dev/fallback': JSON.stringify(fallback) },
        });
        const host = callTo(cluster, 'payment').host;
        await until(
          async function* () {
            for (;;) {
              yield control.fallbacks().get(host);
              await new Promise((resolve) => setTimeout(resolve, 20));
            }
          },
          (found) => found !== undefined,
        );
        const divert = (await control.options(callTo(cluster, 'payment'), signal)).find(
          (one) => one.mechanism === 'divert',
        );
        expect(divert?.effect).toContain('Declared for payment: inventory');
        await control.apply(await control.planUndo(operation, plan.changes, signal), signal);
        expect(lasting(await read(cluster))).toEqual(lasting(before));
      },
    );
  });
}

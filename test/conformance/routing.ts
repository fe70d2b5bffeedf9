import { describe, expect, test } from 'vitest';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { DeclaredControl, PlannedWrite } from '../../shared/connectors/kit/control.ts';
import type { GreyMatch, SetRouting } from '../../shared/model/operation.ts';
import type { GreyRoute } from '../../shared/model/routing.ts';
import type { Split } from '../../shared/model/weights.ts';
import { type ClusterUnderTest, createPayment, openCluster, paths, until } from './cluster.ts';
import { ready, splitOf } from './weights.ts';

const signal = AbortSignal.timeout(300_000);

export function routingOf(session: Session): DeclaredControl<SetRouting, GreyRoute> {
  if (session.routing === undefined) throw new Error('the session makes no grey routes');
  return session.routing;
}

/** The declared grey routes once they are as expected. */
export const routesOf = (
  session: Session,
  namespace: string,
  expected: (routes: readonly GreyRoute[]) => boolean = () => true,
): Promise<readonly GreyRoute[]> =>
  until(async function* (stop) {
    for await (const all of routingOf(session).watch(stop, () => undefined))
      yield all.filter(({ document }) => document.namespace === namespace);
  }, expected);

export const changing = (split: Split, change: SetRouting['change']): SetRouting => ({
  kind: 'setRouting',
  connectionId: split.connectionId,
  splitId: split.id,
  revision: split.revision,
  change,
});

export const matching = (match: Partial<GreyMatch>): GreyMatch => ({
  headers: [],
  cookie: null,
  caller: null,
  ...match,
});

export const beta = matching({ headers: [{ name: 'X-Beta', value: 'yes', how: 'exact' }] });

const guards = (plan: PlannedWrite): Record<string, string> =>
  Object.fromEntries(plan.guards.map(({ id, verdict }) => [id, verdict]));

interface Document {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: { readonly http: readonly Readonly<Record<string, unknown>>[] };
}

const lasting = ({ metadata, spec }: Document) => ({
  spec,
  labels: metadata['labels'],
  annotations: metadata['annotations'],
});

/** The promises that every connector with grey routes keeps, here in Istio's words. */
export function routingConformance(name: string, start: () => Promise<ClusterUnderTest>): void {
  const read = async (cluster: ClusterUnderTest) =>
    (await cluster.call('GET', `${paths(cluster.namespace).virtualServices}/payment`)) as Document;
  const add = (match: GreyMatch, called = 'beta'): SetRouting['change'] => ({
    kind: 'addRoute',
    name: called,
    match,
    destination: 1,
  });

  describe(`grey routes on ${name}`, () => {
    test('stand before the split that takes the rest; undone, all is as before', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = routingOf(open.mesh);
      const split = await splitOf(open.mesh, cluster.namespace, ready);
      const before = await read(cluster);
      const operation = changing(split, add(beta));
      const plan = await control.plan(operation, signal);
      expect(plan.title).toBe('Send payment calls to v2 where header x-beta is yes');
      expect(guards(plan)).toMatchObject({ destination: 'pass', 'dry-run': 'pass', access: 'pass' });
      expect(plan.expectation.kind).toBe('unmeasured');
      expect(await read(cluster)).toEqual(before);

      await control.apply(plan, signal);
      const { http } = (await read(cluster)).spec;
      expect(http.map((route) => route['name'])).toEqual(['refunds', 'podium-grey-beta', 'default']);
      expect(http[1]).toEqual({
        name: 'podium-grey-beta',
        match: [{ headers: { 'x-beta': { exact: 'yes' } } }],
        route: [{ destination: { host: 'payment', subset: 'v2' } }],
        retries: { attempts: 2, perTryTimeout: '500ms' },
      });
      const [grey] = await routesOf(open.mesh, cluster.namespace, (all) => all.length > 0);
      expect(grey).toMatchObject({
        kind: 'route',
        splitId: split.id,
        name: 'podium-grey-beta',
        match: { headers: [{ name: 'x-beta', value: 'yes', how: 'exact' }], cookie: null, caller: null },
        matchText: 'header x-beta is yes',
        to: 'payment v2',
        ours: true,
      });
      await control.apply(await control.planUndo(operation, plan.changes, signal), signal);
      expect(lasting(await read(cluster))).toEqual(lasting(before));
      await routesOf(open.mesh, cluster.namespace, (all) => all.length === 0);
    });

    test('know a cookie among others and a caller by its labels, and read them back', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await cluster.run({ app: 'order', version: 'v1', instances: 1 });
      await using open = await openCluster(cluster.settings);
      const control = routingOf(open.mesh);
      const split = await splitOf(open.mesh, cluster.namespace, ready);
      const match = matching({
        cookie: { name: 'group', value: 'a.b+c' },
        caller: { namespace: cluster.namespace, name: 'order' },
      });
      await control.apply(await control.plan(changing(split, add(match, 'inner')), signal), signal);
      const route = (await read(cluster)).spec.http[1];
      expect(route?.['match']).toEqual([
        {
          headers: { cookie: { regex: '^(.*; ?)?group=a\\.b\\+c(;.*)?$' } },
          sourceLabels: { app: 'order' },
          sourceNamespace: cluster.namespace,
        },
      ]);
      const [grey] = await routesOf(open.mesh, cluster.namespace, (all) => all.length > 0);
      expect(grey?.match).toEqual(match);
    });

    test('of others are told too, in words where the form cannot say them, and end only by their name', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      const { spec } = await read(cluster);
      await cluster.call('PATCH', `${paths(cluster.namespace).virtualServices}/payment`, {
        spec: {
          http: [
            spec.http[0],
            {
              name: 'testers',
              match: [{ headers: { 'user-agent': { regex: '.*Test.*' } } }],
              route: [{ destination: { host: 'payment', subset: 'v2' } }],
            },
            spec.http[1],
          ],
        },
      });
      await using open = await openCluster(cluster.settings);
      const control = routingOf(open.mesh);
      const split = await splitOf(open.mesh, cluster.namespace, ready);
      const found = await routesOf(open.mesh, cluster.namespace, (all) => all.length > 0);
      expect(found).toMatchObject([
        { name: 'testers', match: null, matchText: 'header user-agent matches .*Test.*', ours: false },
      ]);
      const remove = (routeName: string) =>
        control.plan(changing(split, { kind: 'removeRoute', routeName }), signal);
      await expect(remove('default')).rejects.toMatchObject({ kind: 'refused' });
      await expect(remove('refunds')).rejects.toMatchObject({ kind: 'refused' });
      const plan = await remove('testers');
      expect(guards(plan)).toMatchObject({ 'not-ours': 'tick' });
      await control.apply(plan, signal);
      expect((await read(cluster)).spec).toEqual(spec);
    });

    test('mirror a share of the requests, which asks whether it may be done twice, and end it', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = routingOf(open.mesh);
      const split = await splitOf(open.mesh, cluster.namespace, ready);
      const before = await read(cluster);
      const plan = await control.plan(
        changing(split, { kind: 'mirror', destination: 1, percent: 12.5 }),
        signal,
      );
      expect(guards(plan)).toMatchObject({ 'mirrored-writes': 'tick', 'dry-run': 'pass' });
      await control.apply(plan, signal);
      expect((await read(cluster)).spec.http[1]).toMatchObject({
        mirror: { host: 'payment', subset: 'v2' },
        mirrorPercentage: { value: 12.5 },
      });
      const [mirror] = await routesOf(open.mesh, cluster.namespace, (all) => all.length > 0);
      expect(mirror).toMatchObject({ kind: 'mirror', percent: 12.5, to: 'payment v2', splitId: split.id });
      const end = await control.plan(
        changing(split, { kind: 'mirror', destination: null, percent: 0 }),
        signal,
      );
      await control.apply(end, signal);
      expect(lasting(await read(cluster))).toEqual(lasting(before));
    });

    test('are held back where an earlier route takes the requests, and where nothing is there to take them', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = routingOf(open.mesh);
      let split = await splitOf(open.mesh, cluster.namespace, ready);
      await control.apply(await control.plan(changing(split, add(beta)), signal), signal);
      split = await splitOf(open.mesh, cluster.namespace, (one) => one.revision !== split.revision);
      const narrower = matching({
        headers: [...beta.headers, { name: 'x-region', value: 'eu', how: 'prefix' }],
      });
      const shadowed = await control.plan(changing(split, add(narrower, 'narrower')), signal);
      expect(guards(shadowed)).toMatchObject({ shadowed: 'block' });
      const beside = matching({ headers: [{ name: 'x-region', value: 'eu', how: 'prefix' }] });
      expect(guards(await control.plan(changing(split, add(beside, 'beside')), signal))).toMatchObject({
        shadowed: 'tick',
      });
      await cluster.stop({ app: 'payment', version: 'v2' });
      split = await splitOf(open.mesh, cluster.namespace, (one) => one.destinations[1]?.readyInstances === 0);
      expect(guards(await control.plan(changing(split, add(beside, 'beside')), signal))).toMatchObject({
        destination: 'typeName',
      });
    });

    test('are refused where no request could meet them', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const split = await splitOf(open.mesh, cluster.namespace, ready);
      const header = (headerName: string, value: string) =>
        matching({ headers: [{ name: headerName, value, how: 'exact' }] });
      const nonsense: [GreyMatch, RegExp][] = [
        [matching({}), /needs a condition/],
        [header('x beta', 'yes'), /not the name of a header/],
        [header(':authority', 'x'), /not the name of a header/],
        [header('x-beta', 'a\r\nx: y'), /not a value/],
        [matching({ cookie: { name: 'a', value: 'b; c=d' } }), /cookie can have/],
        [{ ...header('Cookie', 'x'), cookie: { name: 'a', value: 'b' } }, /not as both/],
        [matching({ headers: [...beta.headers, ...beta.headers] }), /twice/],
        [matching({ caller: { namespace: cluster.namespace, name: 'nobody' } }), /No pods/],
      ];
      for (const [match, why] of nonsense) {
        const refusal: unknown = await routingOf(open.mesh)
          .plan(changing(split, add(match)), signal)
          .catch((error: unknown) => error);
        expect(refusal).toMatchObject({ kind: 'refused', message: expect.stringMatching(why) as unknown });
      }
      const named = { ...add(beta), name: 'Not A Name' };
      await expect(
        routingOf(open.mesh).plan(changing(split, named as SetRouting['change']), signal),
      ).rejects.toMatchObject({ kind: 'refused' });
    });
  });
}

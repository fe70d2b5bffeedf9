import { describe, expect, test } from 'vitest';
import { capabilitiesOf } from '../../shared/connectors/kit/capabilities.ts';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { linkerd } from '../../shared/connectors/linkerd/connector.ts';
import type { ProtectionForm } from '../../shared/model/protection.ts';
import type { OperatorOf } from '../support/bindRoles.ts';
import type { DocumentedRole } from '../support/documentedRoles.ts';
import { type ClusterUnderTest, hostOf, paths } from './cluster.ts';
import { editsOf, fieldOf, formOf, formsOf, setting } from './protections.ts';
import { routesPath, serviceFor } from './routesPayment.ts';
import { guardsOf, signal } from './weights.ts';

/** A cluster opened as the console opens it: the root session and that of Linkerd it offers. */
export async function openLinkerd(
  settings: ClusterUnderTest['settings'],
): Promise<{ readonly root: Session; readonly mesh: Session } & AsyncDisposable> {
  const root = await kubernetes.open(settings, hostOf());
  const found = await root.offers?.find(AbortSignal.timeout(20_000));
  const offer = found?.offers.find((one) => one.connector === 'linkerd');
  if (offer === undefined) throw new Error('no Linkerd was offered');
  const mesh = await linkerd.open(linkerd.settings.parse(offer.settings), hostOf(offer.lent));
  return {
    root,
    mesh,
    async [Symbol.asyncDispose]() {
      await mesh[Symbol.asyncDispose]();
      await root[Symbol.asyncDispose]();
    },
  };
}

const service = /^Linkerd: failure accrual, retries and time-outs of payment$/;
const route = /^Linkerd: retries and time-outs of HTTPRoute payment$/;
const grpcRoute = /^Linkerd: retries and time-outs of GRPCRoute ledger$/;
const profiles = (namespace: string): string =>
  `/apis/linkerd.io/v1alpha2/namespaces/${namespace}/serviceprofiles`;

interface Live {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>>; readonly labels?: unknown };
  readonly spec: unknown;
}

/** As Linkerd's documentation writes it, with "core" for the group that has no name. */
const routeFor = (namespace: string, kind: 'HTTPRoute' | 'GRPCRoute', name: string, annotations: object) => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind,
  metadata: { name, namespace, annotations },
  spec: {
    parentRefs: [{ group: 'core', kind: 'Service', name: 'payment', port: 8080 }],
    rules: [{ backendRefs: [{ name: 'payment', port: 8080 }] }],
  },
});

/** A route of each kind, with an annotation of somebody else's. */
async function createRoutes({
  call,
  namespace,
}: Pick<ClusterUnderTest, 'call' | 'namespace'>): Promise<void> {
  const payment = routeFor(namespace, 'HTTPRoute', 'payment', { note: 'kept' });
  await call('POST', routesPath(namespace), payment);
  const ledger = routeFor(namespace, 'GRPCRoute', 'ledger', { note: 'kept' });
  await call('POST', routesPath(namespace, 'grpcroutes'), ledger);
}

const profileFor = (namespace: string) => ({
  apiVersion: 'linkerd.io/v1alpha2',
  kind: 'ServiceProfile',
  metadata: { name: `payment.${namespace}.svc.cluster.local`, namespace },
  spec: { routes: [{ name: 'pay', condition: { method: 'POST', pathRegex: '/pay' }, timeout: '2s' }] },
});

const verdictOf = (plan: { readonly guards: readonly { id: string; detail: string | null }[] }, id: string) =>
  plan.guards.find((guard) => guard.id === id);

/** What Podium says to Linkerd by annotations, on a cluster that serves ServiceProfiles and the Gateway API. */
export function linkerdConformance<Cluster extends ClusterUnderTest>(
  name: string,
  start: () => Promise<Cluster>,
  operatorOf: OperatorOf<Cluster>,
): void {
  async function begin(
    annotations: Readonly<Record<string, string>> = {},
    roles: readonly DocumentedRole[] | null = null,
  ) {
    const cluster = await start();
    const { namespace, call } = cluster;
    const payment = serviceFor(namespace, 'payment', { app: 'payment' }) as { readonly metadata: object };
    await call('POST', paths(namespace).services, {
      ...payment,
      metadata: { ...payment.metadata, annotations: { note: 'kept as it is', ...annotations } },
    });
    const open = await openLinkerd(roles === null ? cluster.settings : await operatorOf(cluster, roles));
    const at = { service: `${paths(namespace).services}/payment`, route: `${routesPath(namespace)}/payment` };
    /** The form once what is watched has come as far. */
    const form = async (title: RegExp, ready: (form: ProtectionForm) => boolean = () => true) => {
      const deadline = Date.now() + 20_000;
      for (;;) {
        const found = await formOf(open.mesh, namespace, title).catch((error: unknown) => error);
        if (!(found instanceof Error) && ready(found as ProtectionForm)) return found as ProtectionForm;
        if (Date.now() > deadline) throw new Error(`no form as expected: ${JSON.stringify(found)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    return {
      cluster,
      namespace,
      call,
      mesh: open.mesh,
      edits: editsOf(open.mesh),
      form,
      at,
      live: async (path = at.service) => (await call('GET', path)) as Live,
      declared: () => open.mesh.protections?.declared().get(`payment.${namespace}.svc.cluster.local`) ?? [],
      async [Symbol.asyncDispose]() {
        await open[Symbol.asyncDispose]();
        await cluster[Symbol.asyncDispose]();
      },
    };
  }

  describe(`protections by annotations for Linkerd on ${name}`, () => {
    test('are just what the connector declares, and what stands there is shown with what holds while it does not', async () => {
      await using shop = await begin({
        'balancer.linkerd.io/failure-accrual': 'consecutive',
        'balancer.linkerd.io/failure-accrual-consecutive-max-failures': '5',
        'retry.linkerd.io/http': '5xx',
        'retry.linkerd.io/limit': '2',
        'timeout.linkerd.io/request': '2s',
      });
      expect([...capabilitiesOf(shop.mesh)].sort()).toEqual([...linkerd.capabilities].sort());
      const form = await shop.form(service);
      expect(form.readOnly).toBeNull();
      expect(fieldOf(form, 'failure-accrual').value).toBe('consecutive');
      expect(fieldOf(form, 'consecutive-max-failures').value).toBe(5);
      expect(fieldOf(form, 'consecutive-min-penalty')).toMatchObject({ value: null, whenUnset: '1s' });
      expect(fieldOf(form, 'request').value).toBe('2s');
      expect(shop.declared().map(({ kind, text, tries }) => [kind, text, tries ?? null])).toEqual([
        ['ejection', 'an instance is left out for 1 s to 1 m after 5 failures in a row (consecutive)', null],
        ['retry', '2 retries, on 5xx', 3],
        ['timeout', '2 s for a request', null],
      ]);
    });

    test('write what was typed and nothing else, are read back, and are as before once undone', async () => {
      await using shop = await begin({
        'timeout.linkerd.io/request': '2s',
        'config.linkerd.io/opaque-ports': '25',
      });
      const before = await shop.live();
      const operation = setting(await shop.form(service), {
        'failure-accrual': 'consecutive',
        'consecutive-max-failures': '4',
        'consecutive-min-penalty': '30s',
        request: null,
      });
      const plan = await shop.edits.plan(operation, signal);
      expect(plan.title).toBe(
        'Protect payment: failure-accrual unset → consecutive, failure-accrual-consecutive-max-failures unset → 4, failure-accrual-consecutive-min-penalty unset → 30s, timeout request 2s → unset',
      );
      expect(guardsOf(plan)).toMatchObject({ 'dry-run': 'pass', access: 'pass', 'service-profile': 'pass' });
      expect(plan.expectation).toMatchObject({ kind: 'unmeasured' });
      expect(await shop.live()).toEqual(before);
      await shop.edits.apply(plan, signal);
      expect((await shop.live()).metadata.annotations).toEqual({
        note: 'kept as it is',
        'config.linkerd.io/opaque-ports': '25',
        'balancer.linkerd.io/failure-accrual': 'consecutive',
        'balancer.linkerd.io/failure-accrual-consecutive-max-failures': '4',
        'balancer.linkerd.io/failure-accrual-consecutive-min-penalty': '30s',
      });
      const [change] = plan.changes;
      if (change === undefined) throw new Error('the plan changes nothing');
      expect(await shop.edits.verify(change, signal)).toMatchObject({ state: 'after' });
      await shop.edits.apply(await shop.edits.planUndo(operation, plan.changes, signal), signal);
      const back = await shop.live();
      expect([back.metadata.annotations, back.spec]).toEqual([before.metadata.annotations, before.spec]);
      expect(await shop.edits.verify(change, signal)).toMatchObject({ state: 'before' });
    });

    test('on a route have no failure accrual, take the retries of the Service away, and say so', async () => {
      await using shop = await begin({ 'retry.linkerd.io/http': '503', 'retry.linkerd.io/limit': '3' });
      await createRoutes(shop);
      const titles = (form: ProtectionForm) =>
        form.sections.flatMap(({ fields }) => fields.map(({ title }) => title));
      expect(titles(await shop.form(route))).toEqual([
        'http',
        'limit',
        'timeout',
        'request',
        'response',
        'idle',
      ]);
      expect(titles(await shop.form(grpcRoute))[0]).toBe('grpc');
      const form = await shop.form(route);
      const operation = setting(form, { http: '5xx, 429', limit: 1, timeout: '400ms', request: '500ms' });
      const before = await shop.live(shop.at.route);
      const plan = await shop.edits.plan(operation, signal);
      expect(guardsOf(plan)).toMatchObject({
        'dry-run': 'pass',
        'route-level': 'tick',
        'repeats-begun-requests': 'tick',
        'tries-do-not-fit': 'tick',
      });
      expect(verdictOf(plan, 'route-level')?.detail).toContain(
        'retry.linkerd.io/http 503, retry.linkerd.io/limit 3',
      );
      await shop.edits.apply(plan, signal);
      const after = await shop.live(shop.at.route);
      expect(after.metadata.annotations).toMatchObject({ 'retry.linkerd.io/http': '5xx,429' });
      expect(after.spec).toEqual(before.spec);
      // Now the other way round: what the Service says no longer reaches that route.
      const shown = await shop.form(service);
      await shop.form(route, (one) => fieldOf(one, 'limit').value === 1);
      const wider = await shop.edits.plan(setting(shown, { limit: 2 }), signal);
      expect(guardsOf(wider)).toMatchObject({ 'route-level': 'tick' });
      // Without the last of its own the route gets the Service's retries again; of time-outs that has none.
      const own = await shop.form(route);
      const none = { http: null, limit: null, timeout: null, request: null };
      const bare = await shop.edits.plan(setting(own, none), signal);
      expect(guardsOf(bare)).toMatchObject({ 'route-level': 'tick', 'repeats-begun-requests': 'tick' });
      expect(verdictOf(bare, 'route-level')?.detail).toContain('falls back to what the Service says');
      expect(verdictOf(bare, 'repeats-begun-requests')?.detail).toContain('503 of Service payment');
      const fewer = await shop.edits.plan(setting(own, { limit: null }), signal);
      expect(guardsOf(fewer)).not.toHaveProperty('route-level');
      await shop.edits.apply(await shop.edits.planUndo(operation, plan.changes, signal), signal);
      expect((await shop.live(shop.at.route)).metadata.annotations).toEqual(before.metadata.annotations);
    });

    test('are set and taken back by who has the documented role for it, and by nobody who may only look', async () => {
      await using shop = await begin({}, ['read', 'linkerd']);
      await createRoutes(shop);
      for (const title of [service, route, grpcRoute]) {
        const operation = setting(await shop.form(title), { request: '3s' });
        const plan = await shop.edits.plan(operation, signal);
        expect(guardsOf(plan)).toMatchObject({
          access: 'pass',
          'dry-run': 'pass',
          'service-profile': 'pass',
        });
        await shop.edits.apply(plan, signal);
        await shop.edits.apply(await shop.edits.planUndo(operation, plan.changes, signal), signal);
      }
      await using looking = await begin({}, ['read']);
      const plan = await looking.edits.plan(setting(await looking.form(service), { request: '3s' }), signal);
      expect(guardsOf(plan)).toMatchObject({ access: 'block' });
    });

    test('M13 beside a ServiceProfile are not written: Linkerd ignores them there', async () => {
      await using shop = await begin({ 'timeout.linkerd.io/request': '2s' });
      const form = await shop.form(service);
      await shop.call('POST', profiles(shop.namespace), profileFor(shop.namespace));
      const locked = await shop.form(service, ({ readOnly }) => readOnly !== null);
      expect(locked.readOnly).toContain('Linkerd ignores these annotations');
      const plan = await shop.edits.plan(setting(form, { request: '3s' }), signal);
      expect(guardsOf(plan)).toMatchObject({ 'service-profile': 'block' });
      expect(shop.declared().map(({ text }) => text)).toEqual([
        '2 s for a request; without effect beside a ServiceProfile',
      ]);
      const key = {
        namespace: shop.namespace,
        name: 'payment',
        hosts: [`payment.${shop.namespace}.svc.cluster.local`],
      };
      const documents = (await shop.mesh.documents?.read(key, signal)) ?? [];
      expect(documents.map(({ ref, findings }) => [ref.kind, findings.map(({ rule }) => rule)])).toEqual([
        ['Service', []],
        ['ServiceProfile', ['service-profile']],
      ]);
    });

    test('that Linkerd drops are told, and none are made', async () => {
      await using shop = await begin({
        'balancer.linkerd.io/failure-accrual': 'consecutive',
        'balancer.linkerd.io/failure-accrual-consecutive-min-penalty': '1m30s',
      });
      const form = await shop.form(service);
      expect(shop.declared()).toEqual([]);
      const key = {
        namespace: shop.namespace,
        name: 'payment',
        hosts: [`payment.${shop.namespace}.svc.cluster.local`],
      };
      const documents = (await shop.mesh.documents?.read(key, signal)) ?? [];
      expect(documents[0]?.findings[0]).toMatchObject({ rule: 'annotations-dropped', severity: 'error' });
      const still = await shop.edits.plan(setting(form, { request: '3s' }), signal);
      expect(guardsOf(still)).toMatchObject({ dropped: 'tick' });
      const plain = { ...form, revision: form.revision };
      const refusals: [Parameters<typeof setting>[1], RegExp][] = [
        [{ request: '1m30s' }, /one whole number with one unit/],
        [{ request: '0s' }, /leave it empty/],
        [{ request: 'soon' }, /one whole number/],
        [{ http: '5xx;503' }, /ranges like 500-504/],
        [{ http: '504-500' }, /ranges like 500-504/],
        [{ grpc: 'unknown' }, /unavailable/],
        [{ limit: 0 }, /whole number from 1/],
        [{ 'failure-accrual': 'always' }, /consecutive or unified/],
        [{ 'success-rate-threshold': '0.5' }, /unified/],
        [{ 'consecutive-min-penalty': '2m' }, /longer than the greatest/],
        [{ 'failure-accrual': null, 'consecutive-max-failures': 3 }, /without a mode/],
      ];
      for (const [values, why] of refusals) {
        const refusal: unknown = await shop.edits
          .plan(setting(plain, values), signal)
          .catch((error: unknown) => error);
        expect(refusal, JSON.stringify(values)).toMatchObject({
          kind: 'refused',
          message: expect.stringMatching(why) as unknown,
        });
      }
      const foreign = { ...setting(plain, {}), values: { 'config.linkerd.io/opaque-ports': '25' } };
      await expect(shop.edits.plan(foreign, signal)).rejects.toMatchObject({ kind: 'refused' });
    });

    test('end failure accrual only after the question, for all instances come back', async () => {
      await using shop = await begin({ 'balancer.linkerd.io/failure-accrual': 'consecutive' });
      const plan = await shop.edits.plan(
        setting(await shop.form(service), { 'failure-accrual': null }),
        signal,
      );
      expect(guardsOf(plan)).toMatchObject({
        'un-ejects': 'tick',
        'linkerd-proxies': expect.any(String) as string,
      });
    });

    test('reviewed before somebody else’s write are refused, on a route too, whose generation no annotation moves', async () => {
      await using shop = await begin();
      await shop.call(
        'POST',
        routesPath(shop.namespace),
        routeFor(shop.namespace, 'HTTPRoute', 'payment', { note: 'kept' }),
      );
      for (const [title, path] of [
        [service, shop.at.service],
        [route, shop.at.route],
      ] as const) {
        const plan = await shop.edits.plan(setting(await shop.form(title), { request: '3s' }), signal);
        await shop.call('PATCH', path, { metadata: { annotations: { 'timeout.linkerd.io/request': '9s' } } });
        await expect(shop.edits.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
        expect((await shop.live(path)).metadata.annotations?.['timeout.linkerd.io/request']).toBe('9s');
      }
    });

    test('show SMI’s splits, which are only read', async () => {
      await using shop = await begin();
      await shop.call('POST', `/apis/split.smi-spec.io/v1alpha2/namespaces/${shop.namespace}/trafficsplits`, {
        apiVersion: 'split.smi-spec.io/v1alpha2',
        kind: 'TrafficSplit',
        metadata: { name: 'payment', namespace: shop.namespace },
        spec: {
          service: 'payment',
          backends: [
            { service: 'payment-v1', weight: 90 },
            { service: 'payment-v2', weight: 10 },
          ],
        },
      });
      const key = {
        namespace: shop.namespace,
        name: 'payment',
        hosts: [`payment.${shop.namespace}.svc.cluster.local`],
      };
      await using again = await openLinkerd(shop.cluster.settings);
      const documents = (await again.mesh.documents?.read(key, signal)) ?? [];
      expect(documents.map(({ ref }) => ref.kind)).toEqual(['TrafficSplit']);
      expect(documents[0]?.findings[0]?.text).toContain('payment-v1 90, payment-v2 10');
      expect(await formsOf(again.mesh, shop.namespace, 'nobody')).toEqual([]);
    });
  });
}

import { describe, expect, test } from 'vitest';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { Control, PlannedWrite } from '../../shared/connectors/kit/control.ts';
import type { SetProtections } from '../../shared/model/operation.ts';
import type { ProtectionField, ProtectionForm } from '../../shared/model/protection.ts';
import { type ClusterUnderTest, createPayment, openCluster, paths } from './cluster.ts';

const signal = AbortSignal.timeout(300_000);

/** Name of a field without its path. */
type Values = Readonly<Record<string, string | number | null>>;

export function editsOf(session: Session): Control<SetProtections> {
  if (session.protectionEdits === undefined) throw new Error('the session edits no protections');
  return session.protectionEdits;
}

export const formsOf = async (session: Session, namespace: string, name = 'payment') =>
  (await session.protections?.forms?.(
    { namespace, name, hosts: [`${name}.${namespace}.svc.cluster.local`] },
    signal,
  )) ?? [];

export async function formOf(session: Session, namespace: string, title: RegExp): Promise<ProtectionForm> {
  const forms = await formsOf(session, namespace);
  const found = forms.find((form) => title.test(form.title));
  if (found === undefined)
    throw new Error(`no form is called ${String(title)}: ${forms.map((form) => form.title).join('; ')}`);
  return found;
}

export const fieldOf = (form: ProtectionForm, title: string): ProtectionField => {
  const found = form.sections.flatMap(({ fields }) => fields).find((field) => field.title === title);
  if (found === undefined) throw new Error(`${form.title} has no field ${title}`);
  return found;
};

export const setting = (form: ProtectionForm, values: Values): SetProtections => ({
  kind: 'setProtections',
  connectionId: 'conformance',
  serviceId: 'conformance/shop/payment',
  formId: form.id,
  revision: form.revision,
  values: Object.fromEntries(
    Object.entries(values).map(([title, value]) => [fieldOf(form, title).key, value]),
  ),
});

const verdicts = (plan: PlannedWrite): Record<string, string> =>
  Object.fromEntries(plan.guards.map(({ id, verdict }) => [id, verdict]));

interface Document {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: unknown;
}

/** What an undo has to give back exactly: all but what the server notes for itself. */
const lasting = ({ metadata, spec }: Document) => ({
  spec,
  labels: metadata['labels'],
  annotations: metadata['annotations'],
});

const hostForm = /^Limits and ejection for payment$/;
const subsetForm = /payment, subset v2$/;
const routeForm = /^Time-out and retries of route “default”/;

/** The promises that every connector with protection forms keeps, here in Istio's words. */
export function protectionsConformance(name: string, start: () => Promise<ClusterUnderTest>): void {
  const readRule = async (cluster: ClusterUnderTest, called = 'payment') =>
    (await cluster.call('GET', `${paths(cluster.namespace).destinationRules}/${called}`)) as Document;
  const readRoutes = async (cluster: ClusterUnderTest, called = 'payment') =>
    (await cluster.call('GET', `${paths(cluster.namespace).virtualServices}/${called}`)) as Document;

  describe(`protection forms on ${name}`, () => {
    test('show what stands in the documents, what holds while a field is unset, and each trap', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const forms = await formsOf(open.mesh, cluster.namespace);
      expect(forms.map(({ title }) => title)).toEqual([
        'Limits and ejection for payment',
        'Limits and ejection for payment, subset v1',
        'Limits and ejection for payment, subset v2',
        'Time-out and retries of route “refunds” (path begins with /refunds)',
        'Time-out and retries of route “default” (all requests)',
      ]);
      const host = await formOf(open.mesh, cluster.namespace, hostForm);
      expect(host.readOnly).toBeNull();
      expect(host.yaml).toContain('http2MaxRequests: 100');
      expect(fieldOf(host, 'http2MaxRequests')).toMatchObject({
        value: 100,
        whenUnset: 'no limit',
        trap: expect.stringContaining('0 means unlimited') as unknown,
      });
      expect(fieldOf(host, 'maxEjectionPercent')).toMatchObject({
        value: null,
        whenUnset: expect.stringContaining('nothing is ejected') as unknown,
        trap: expect.stringContaining('0 means unset') as unknown,
      });
      const subset = await formOf(open.mesh, cluster.namespace, subsetForm);
      expect(fieldOf(subset, 'http2MaxRequests')).toMatchObject({
        value: null,
        whenUnset: '100, as for all of payment',
        trap: expect.stringContaining('replaces the whole connectionPool') as unknown,
      });
      const route = await formOf(open.mesh, cluster.namespace, routeForm);
      expect(fieldOf(route, 'timeout')).toMatchObject({ value: null, whenUnset: 'no time-out' });
      expect(fieldOf(route, 'attempts')).toMatchObject({ value: 2 });
      expect(fieldOf(route, 'perTryTimeout')).toMatchObject({ value: '500ms' });
    });

    test('write what was typed and nothing else; undone, all is as before', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = editsOf(open.mesh);
      const form = await formOf(open.mesh, cluster.namespace, hostForm);
      const before = await readRule(cluster);
      const operation = setting(form, {
        http2MaxRequests: '16',
        consecutive5xxErrors: 3,
        interval: '5s',
        maxEjectionPercent: 50,
      });
      const plan = await control.plan(operation, signal);
      expect(plan.title).toBe(
        'Protect payment: http2MaxRequests 100 → 16, consecutive5xxErrors unset → 3, interval unset → 5s, maxEjectionPercent unset → 50',
      );
      expect(new Set(Object.values(verdicts(plan)))).toEqual(new Set(['pass']));
      expect(await readRule(cluster)).toEqual(before);

      await control.apply(plan, signal);
      expect((await readRule(cluster)).spec).toEqual({
        ...(before.spec as object),
        trafficPolicy: {
          connectionPool: { http: { http2MaxRequests: 16 } },
          outlierDetection: { consecutive5xxErrors: 3, interval: '5s', maxEjectionPercent: 50 },
        },
      });
      const [change] = plan.changes;
      if (change === undefined) throw new Error('the plan changes nothing');
      expect(await control.verify(change, signal)).toMatchObject({ state: 'after' });

      const undo = await control.planUndo(operation, plan.changes, signal);
      await control.apply(undo, signal);
      expect(lasting(await readRule(cluster))).toEqual(lasting(before));
    });

    test('take a field away with the maps that it leaves empty, for an empty one means something', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = editsOf(open.mesh);
      const rule = await formOf(open.mesh, cluster.namespace, hostForm);
      await control.apply(await control.plan(setting(rule, { http2MaxRequests: null }), signal), signal);
      expect((await readRule(cluster)).spec).not.toHaveProperty('trafficPolicy');

      const route = await formOf(open.mesh, cluster.namespace, routeForm);
      const plan = await control.plan(setting(route, { attempts: null, perTryTimeout: '' }), signal);
      await control.apply(plan, signal);
      const { http } = (await readRoutes(cluster)).spec as { readonly http: readonly object[] };
      expect(http[1]).not.toHaveProperty('retries');
      expect(http[0]).toHaveProperty('timeout', '2s');
    });

    test('set a route’s time-out and retries without touching another route', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = editsOf(open.mesh);
      const route = await formOf(open.mesh, cluster.namespace, routeForm);
      const before = await readRoutes(cluster);
      const operation = setting(route, {
        timeout: '2s',
        attempts: 3,
        perTryTimeout: '400ms',
        retryOn: 'connect-failure, 503',
      });
      const plan = await control.plan(operation, signal);
      await control.apply(plan, signal);
      const { http } = (await readRoutes(cluster)).spec as { readonly http: readonly object[] };
      expect(http[1]).toMatchObject({
        timeout: '2s',
        retries: { attempts: 3, perTryTimeout: '400ms', retryOn: 'connect-failure,503' },
      });
      expect(http[0]).toEqual((before.spec as { http: object[] }).http[0]);
      await control.apply(await control.planUndo(operation, plan.changes, signal), signal);
      expect(lasting(await readRoutes(cluster))).toEqual(lasting(before));
    });

    test('M11 a limit of 0 is no limit, and the plan asks whether that is meant', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const form = await formOf(open.mesh, cluster.namespace, hostForm);
      const limits = [
        'http2MaxRequests',
        'http1MaxPendingRequests',
        'maxConnections',
        'maxRetries',
        'maxRequestsPerConnection',
      ];
      for (const limit of limits) {
        const plan = await editsOf(open.mesh).plan(setting(form, { [limit]: 0 }), signal);
        const guard = plan.guards.find(({ id }) => id === `zero-${limit}`);
        expect(guard).toMatchObject({ verdict: 'tick' });
        expect(guard?.title).toContain('0 means unlimited');
      }
      const percent = await editsOf(open.mesh).plan(
        setting(form, { consecutive5xxErrors: 5, maxEjectionPercent: 0 }),
        signal,
      );
      expect(percent.guards.find(({ id }) => id === 'zero-maxEjectionPercent')?.title).toContain('10 %');
    });

    test('say that ending ejection brings all instances back, and what a subset loses', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = editsOf(open.mesh);
      const form = await formOf(open.mesh, cluster.namespace, hostForm);
      await control.apply(await control.plan(setting(form, { consecutive5xxErrors: 3 }), signal), signal);
      const away = await control.plan(setting(form, { consecutive5xxErrors: null }), signal);
      expect(verdicts(away)).toMatchObject({ 'un-ejects': 'tick', seen: 'tick' });
      const subset = await formOf(open.mesh, cluster.namespace, subsetForm);
      const narrower = await control.plan(setting(subset, { maxConnections: 10 }), signal);
      expect(verdicts(narrower)).toMatchObject({ 'replaces-connectionPool': 'tick' });
      expect(narrower.guards.find(({ id }) => id === 'replaces-connectionPool')?.detail).toContain(
        'http2MaxRequests',
      );
    });

    test('make the document where there is none, and take it away again', async () => {
      await using cluster = await start();
      const path = paths(cluster.namespace);
      await cluster.call('POST', path.services, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'payment', namespace: cluster.namespace },
        spec: { selector: { app: 'payment' }, ports: [{ name: 'http', port: 8080, targetPort: 8080 }] },
      });
      await using open = await openCluster(cluster.settings);
      const control = editsOf(open.mesh);
      const rule = await formOf(open.mesh, cluster.namespace, /a new DestinationRule$/);
      const routes = await formOf(open.mesh, cluster.namespace, /a new VirtualService$/);
      expect([rule.document, routes.document]).toEqual([null, null]);

      const limit = setting(rule, { http2MaxRequests: 8 });
      const limited = await control.plan(limit, signal);
      expect(verdicts(limited)).toMatchObject({ claims: 'pass', 'dry-run': 'pass' });
      await control.apply(limited, signal);
      expect((await readRule(cluster)).spec).toMatchObject({
        host: `payment.${cluster.namespace}.svc.cluster.local`,
        trafficPolicy: { connectionPool: { http: { http2MaxRequests: 8 } } },
      });
      const timed = await control.plan(setting(routes, { timeout: '1s' }), signal);
      await control.apply(timed, signal);
      expect((await readRoutes(cluster)).spec).toMatchObject({
        http: [{ timeout: '1s', route: [{ destination: {} }] }],
      });
      await control.apply(await control.planUndo(limit, limited.changes, signal), signal);
      await expect(readRule(cluster)).rejects.toThrow('404');
    });

    test('refuse what no document should hold, in words that say what would be right', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = editsOf(open.mesh);
      const rule = await formOf(open.mesh, cluster.namespace, hostForm);
      const route = await formOf(open.mesh, cluster.namespace, routeForm);
      const refusals: [ProtectionForm, Values, RegExp][] = [
        [rule, { http2MaxRequests: '-1' }, /whole number/],
        [rule, { http2MaxRequests: '1.5' }, /whole number/],
        [rule, { http2MaxRequests: 4_294_967_296 }, /whole number/],
        [rule, { maxEjectionPercent: 101 }, /0 to 100/],
        [rule, { interval: '10' }, /duration like/],
        [rule, { interval: '0s' }, /leave it empty/],
        [rule, { interval: '0.1ms' }, /at least one/],
        [route, { timeout: 'soon' }, /duration like/],
        [route, { retryOn: '5xx,whatever' }, /whatever/],
        [route, { attempts: 0, retryOn: '5xx' }, /say attempts too/],
        [route, { attempts: null }, /perTryTimeout would go without retries/],
        [rule, { http2MaxRequests: 100 }, /already/],
      ];
      for (const [form, values, why] of refusals) {
        const refusal: unknown = await control
          .plan(setting(form, values), signal)
          .catch((error: unknown) => error);
        expect(refusal).toMatchObject({ kind: 'refused', message: expect.stringMatching(why) as unknown });
      }
      const foreign = { ...setting(rule, {}), values: { 'metadata.name': 'x' } };
      await expect(control.plan(foreign, signal)).rejects.toMatchObject({ kind: 'refused' });
    });

    test('a plan made before someone else’s write is refused, and theirs stays', async () => {
      await using cluster = await start();
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = editsOf(open.mesh);
      const form = await formOf(open.mesh, cluster.namespace, hostForm);
      const plan = await control.plan(setting(form, { http2MaxRequests: 16 }), signal);
      await cluster.call('PATCH', `${paths(cluster.namespace).destinationRules}/payment`, {
        spec: { trafficPolicy: { connectionPool: { http: { http2MaxRequests: 50 } } } },
      });
      const theirs = await readRule(cluster);
      await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
      expect(await readRule(cluster)).toEqual(theirs);
    });
  });
}

import { describe, expect, test } from 'vitest';
import type { DocumentRef } from '../../shared/model/entity.ts';
import { type ClusterUnderTest, paths, paymentRoutes, paymentRule } from './cluster.ts';
import { configOf, createConfigured, edited, readConfig, setting } from './config.ts';
import { appPaths, createApp, openKubernetes, signal } from './rollouts.ts';
import { guardsOf } from './weights.ts';

/** What an edit of a whole document, or of odd keys, does on a Kubernetes API, whoever serves it. */
export function configTextsConformance(name: string, start: () => Promise<ClusterUnderTest>): void {
  describe(`documents as text on ${name}`, () => {
    test('two operators: what the other changed elsewhere stays, in the same place it is shown', async () => {
      await using cluster = await start();
      await createConfigured(cluster);
      await using session = await openKubernetes(cluster.settings);
      const control = configOf(session);
      const path = `${appPaths(cluster.namespace).configMaps}/order-env`;
      const shown = (await readConfig(session, cluster.namespace, 'order')).of('configMap', 'order-env');
      await cluster.call('PATCH', path, { data: { LIMIT: '20' } });
      const text = (shown.yaml ?? '').replace('info', 'debug');
      const whole = await control.plan(edited(shown, { kind: 'yaml', text }), signal);
      expect(whole.threeWay).toMatchObject({
        kind: 'document',
        seen: expect.stringContaining('LIMIT: "10"') as unknown,
      });
      expect(whole.changes[0]?.after).toMatch(/LIMIT: "20"/);
      expect(whole.changes[0]?.after).toMatch(/LOG_LEVEL: debug/);
      expect(guardsOf(whole)).toMatchObject({ changed: 'tick' });
      // Another key than theirs: nothing to compare.
      expect((await control.plan(edited(shown, setting('LOG_LEVEL', 'warn')), signal)).threeWay).toBeNull();
      expect((await control.plan(edited(shown, setting('LIMIT', '30')), signal)).threeWay).not.toBeNull();
      // A plan made before another's write is refused, and theirs stays.
      await cluster.call('PATCH', path, { data: { LIMIT: '40' } });
      await expect(control.apply(whole, signal)).rejects.toMatchObject({ kind: 'conflict' });
      expect(await cluster.call('GET', path)).toMatchObject({ data: { LIMIT: '40', LOG_LEVEL: 'info' } });
    });

    test('any kind that is served can be edited as text; M11 a limit of 0 is said to be none', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      const path = paths(namespace);
      await cluster.call('POST', path.destinationRules, paymentRule(namespace));
      await cluster.call('POST', path.virtualServices, paymentRoutes(namespace));
      await using session = await openKubernetes(cluster.settings);
      const control = configOf(session);
      const seen = async (collection: string) => {
        const { metadata, apiVersion, kind } = (await cluster.call('GET', `${collection}/payment`)) as {
          readonly apiVersion: string;
          readonly kind: string;
          readonly metadata: { readonly uid: string; readonly resourceVersion: string };
        };
        const document: DocumentRef = {
          connectionId: 'conformance',
          apiVersion,
          kind,
          namespace,
          name: 'payment',
          uid: metadata.uid,
        };
        return { document, revision: metadata.resourceVersion };
      };
      const routes = await seen(path.virtualServices);
      const yaml = JSON.stringify(paymentRoutes(namespace)).replace('"2s"', '"3s"');
      const operation = edited(routes, { kind: 'yaml', text: yaml });
      const plan = await control.plan(operation, signal);
      expect(plan.changes[0]?.patch.filter(({ op }) => op !== 'test')).toEqual([
        { op: 'replace', path: '/spec/http/0/timeout', value: '3s' },
      ]);
      await control.apply(plan, signal);
      await control.apply(await control.planUndo(operation, plan.changes, signal), signal);
      expect(await cluster.call('GET', `${path.virtualServices}/payment`)).toMatchObject({
        spec: { http: [{ timeout: '2s' }, {}] },
      });

      const rule = await seen(path.destinationRules);
      const unlimited = JSON.stringify(paymentRule(namespace)).replace('100', '0');
      const none = await control.plan(edited(rule, { kind: 'yaml', text: unlimited }), signal);
      expect(none.guards.find(({ id }) => id === 'zero-limit')).toMatchObject({
        verdict: 'tick',
        title: '0 = unlimited: trafficPolicy.connectionPool.http.http2MaxRequests',
      });
      const wrong = JSON.stringify(paymentRule(namespace)).replace('http2MaxRequests', 'http2MaxRequest');
      const refused = await control.plan(edited(rule, { kind: 'yaml', text: wrong }), signal);
      expect(refused.guards.find(({ id }) => id === 'dry-run')).toMatchObject({
        verdict: 'block',
        detail: expect.stringContaining('spec.trafficPolicy.connectionPool.http.http2MaxRequest') as unknown,
      });
      await expect(
        control.plan(edited(rule, { kind: 'yaml', text: 'kind: VirtualService' }), signal),
      ).rejects.toThrow(/another document: kind/);
    });

    test('H08 what YAML reads otherwise than people do is shown as the JSON that is sent, or refused with its line', async () => {
      await using cluster = await start();
      await createConfigured(cluster);
      await using session = await openKubernetes(cluster.settings);
      const control = configOf(session);
      const document = (await readConfig(session, cluster.namespace, 'order')).of('configMap', 'order-env');
      const plan = (text: string) => control.plan(edited(document, { kind: 'yaml', text }), signal);
      const head = 'metadata: {annotations: {note: kept}}\ndata:\n  LIMIT: "10"\n';
      const onOff = await plan(`${head}  LOG_LEVEL: on\n`);
      expect(onOff.notes[0]).toContain('"value":"on"');
      const octal = await plan(`${head}  LOG_LEVEL: 0777\n`);
      expect(octal.notes[0]).toContain('"value":777');
      expect(octal.guards.find(({ id }) => id === 'dry-run')?.verdict).toBe('block');
      for (const [text, words] of [
        [`${head}  LIMIT: "11"\n`, /Line 4: the key LIMIT stands here twice/],
        [`data:\n\tA: 1\n`, /Line 2: Tabs/],
        [`${head}---\nb: 2\n`, /Line 4: another document begins/],
        [`\uFEFF${head}`, /Line 1: a byte order mark/],
        ['%YAML 1.1\n---\ndata: {}\n', /Line 1: directives/],
        ['data: &d {A: x}\nmore: {<<: *d}\n', /Line 2: merge keys/],
        ['data: {A: .nan}\n', /Line 1: JSON has no number/],
        ['data: [1\n', /^Line \d/],
      ] as const)
        await expect(plan(text)).rejects.toThrow(words);
    });

    test('H06 keys that mean something to JavaScript are keys like any other', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      const { configMaps } = appPaths(namespace);
      await cluster.call(
        'POST',
        configMaps,
        JSON.parse(
          `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"odd","namespace":"${namespace}"},"data":{"__proto__":"a","constructor":"{\\"prototype\\":{\\"polluted\\":1}}"}}`,
        ),
      );
      await createApp(cluster, 'order', {
        replicas: 1,
        container: { envFrom: [{ configMapRef: { name: 'odd' } }] },
      });
      await using session = await openKubernetes(cluster.settings);
      const control = configOf(session);
      const document = (await readConfig(session, namespace, 'order')).of('configMap', 'odd');
      expect(document.entries.map(({ key }) => key)).toEqual(['__proto__', 'constructor']);
      const operation = edited(document, {
        kind: 'entries',
        set: [{ key: '__proto__', value: 'b' }],
        remove: ['constructor'],
      });
      const plan = await control.plan(operation, signal);
      await control.apply(plan, signal);
      const read = async () =>
        JSON.stringify(((await cluster.call('GET', `${configMaps}/odd`)) as { readonly data: unknown }).data);
      expect(await read()).toBe('{"__proto__":"b"}');
      await control.apply(await control.planUndo(operation, plan.changes, signal), signal);
      expect(await read()).toBe('{"__proto__":"a","constructor":"{\\"prototype\\":{\\"polluted\\":1}}"}');
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    });
  });
}

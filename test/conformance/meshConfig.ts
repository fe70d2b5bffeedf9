import { describe, expect, test } from 'vitest';
import type { ConfigDocument } from '../../shared/model/config.ts';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import { type ClusterUnderTest, createPayment, openCluster, paths } from './cluster.ts';
import { configOf, edited } from './config.ts';
import { poll, signal } from './rollouts.ts';
import { guardsOf } from './weights.ts';

const sourceOf = (session: Session) => {
  if (session.configuration === undefined) throw new Error('the mesh session reads no configuration');
  return session.configuration;
};

/** Payment's mesh documents, once the watches have all of these. */
async function readMesh(
  session: Session,
  namespace: string,
  ...kinds: readonly string[]
): Promise<ReadonlyMap<string, ConfigDocument>> {
  const key = { namespace, name: 'payment', hosts: [`payment.${namespace}.svc.cluster.local`] };
  return poll(
    async () =>
      new Map((await sourceOf(session).read(key, signal)).map((one) => [one.document.kind, one] as const)),
    (found) => kinds.every((kind) => found.has(kind)),
  );
}

function named(found: ReadonlyMap<string, ConfigDocument>, kind: string): ConfigDocument {
  const one = found.get(kind);
  if (one === undefined) throw new Error(`no ${kind} among ${[...found.keys()].join(', ')}`);
  return one;
}

const policy = (namespace: string) => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: { name: 'payment-callers', namespace },
  spec: {
    selector: { matchLabels: { app: 'payment' } },
    action: 'DENY',
    rules: [{ from: [{ source: { principals: ['cluster.local/ns/elsewhere/sa/nobody'] } }] }],
  },
});

/** What configuration by the mesh's documents does, whoever serves them. */
export function meshConfigConformance(name: string, start: () => Promise<ClusterUnderTest>): void {
  describe(`mesh documents as configuration on ${name}`, () => {
    test('shows the documents that shape a service, which proxies get them, and who wrote them', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await createPayment(cluster);
      await cluster.call('POST', paths(namespace).authorizationPolicies, policy(namespace));
      await using open = await openCluster(cluster.settings);
      const found = await readMesh(open.mesh, namespace, 'VirtualService', 'AuthorizationPolicy');
      expect([...found.keys()]).toEqual(['VirtualService', 'DestinationRule', 'AuthorizationPolicy']);
      const routes = named(found, 'VirtualService');
      expect(routes).toMatchObject({ kind: 'mesh', entries: [], immutable: false, readOnly: null });
      expect(routes.writers[0]?.who).toBeTruthy();
      expect(routes.yaml).toContain('timeout: 2s');
      expect(routes.yaml).not.toMatch(/managedFields|resourceVersion|uid/);
      const host = `payment.${namespace}.svc.cluster.local`;
      expect(
        [...found.values()].flatMap(({ reach }) => reach.map(({ how, arrival }) => [how, arrival])),
      ).toEqual([
        [`the sidecars of all who call ${host}`, 'hot'],
        [`the proxies of all who call ${host}`, 'hot'],
        ['the proxies before the instances of payment, which let calls in or refuse them', 'hot'],
      ]);
      await expect(sourceOf(open.mesh).reveal(routes.document, 'spec', signal)).rejects.toMatchObject({
        kind: 'refused',
      });
    });

    test('its text, edited, is written where it was changed only, read back, and put back', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = configOf(open.root);
      const shown = named(await readMesh(open.mesh, namespace, 'VirtualService'), 'VirtualService');
      await expect(
        control.plan(edited(shown, { kind: 'yaml', text: shown.yaml ?? '' }), signal),
      ).rejects.toThrow(/is so already/);
      const text = (shown.yaml ?? '').replace('timeout: 2s', 'timeout: 3s');
      const operation = edited(shown, { kind: 'yaml', text });
      const plan = await control.plan(operation, signal);
      expect(plan.threeWay).toBeNull();
      expect(plan.changes[0]?.patch.filter(({ op }) => op !== 'test')).toEqual([
        { op: 'replace', path: '/spec/http/0/timeout', value: '3s' },
      ]);
      await control.apply(plan, signal);
      // At once, whatever the watches have told by then.
      const after = named(await readMesh(open.mesh, namespace), 'VirtualService');
      expect(after.yaml).toBe(text);
      expect(after.revision).not.toBe(shown.revision);
      expect(await open.root.configuration?.history(after.document, signal)).toContainEqual(
        expect.objectContaining({ who: 'podium', source: 'managedFields' }),
      );
      await control.apply(await control.planUndo(operation, plan.changes, signal), signal);
      expect(named(await readMesh(open.mesh, namespace), 'VirtualService').yaml).toBe(shown.yaml);
    });

    test('two operators on one document of the mesh: the review has what was seen, and the other’s change stays', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const control = configOf(open.root);
      const shown = named(await readMesh(open.mesh, namespace, 'VirtualService'), 'VirtualService');
      const path = `${paths(namespace).virtualServices}/payment`;
      await cluster.call('PATCH', path, { metadata: { labels: { team: 'others' } } });
      const text = (shown.yaml ?? '').replace('timeout: 2s', 'timeout: 3s');
      const plan = await control.plan(edited(shown, { kind: 'yaml', text }), signal);
      expect(plan.threeWay).toMatchObject({
        kind: 'document',
        seen: expect.stringMatching(/team: money[^]*timeout: 2s/) as unknown,
        now: expect.stringMatching(/team: others[^]*timeout: 2s/) as unknown,
        wanted: expect.stringMatching(/team: others[^]*timeout: 3s/) as unknown,
      });
      expect(guardsOf(plan)).toMatchObject({ changed: 'tick' });
      await control.apply(plan, signal);
      expect(await cluster.call('GET', path)).toMatchObject({
        metadata: { labels: { team: 'others' } },
        spec: { http: [{ timeout: '3s' }, {}] },
      });
    });

    test('a field or a value is found by its path and its line, with the services it is for', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await createPayment(cluster);
      await cluster.call('POST', paths(namespace).authorizationPolicies, policy(namespace));
      await using open = await openCluster(cluster.settings);
      await readMesh(open.mesh, namespace, 'VirtualService', 'DestinationRule', 'AuthorizationPolicy');
      const search = async (query: string) =>
        (await sourceOf(open.mesh).search(query, signal)).hits
          .filter(({ document }) => document.namespace === namespace)
          .map(({ document, key, line, services }) => [document.kind, key, line?.trim(), services]);
      const services = [`${namespace}/payment`];
      expect(await search('perTryTimeout')).toEqual([
        ['VirtualService', 'spec.http.1.retries.perTryTimeout', 'perTryTimeout: 500ms', services],
      ]);
      expect(await search('/REFUNDS')).toEqual([
        ['VirtualService', 'spec.http.0.match.0.uri.prefix', 'prefix: /refunds', services],
      ]);
      expect(await search('http.http2')).toEqual([
        [
          'DestinationRule',
          'spec.trafficPolicy.connectionPool.http.http2MaxRequests',
          'http2MaxRequests: 100',
          services,
        ],
      ]);
      expect(await search('sa/nobody')).toEqual([
        [
          'AuthorizationPolicy',
          'spec.rules.0.from.0.source.principals.0',
          '- cluster.local/ns/elsewhere/sa/nobody',
          services,
        ],
      ]);
      expect(await search('outlierDetection')).toEqual([]);
    });

    test('a document that a controller would put back is read-only, with its words', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await createPayment(cluster);
      await cluster.call('PATCH', `${paths(namespace).virtualServices}/payment`, {
        metadata: {
          ownerReferences: [
            {
              apiVersion: 'flagger.app/v1beta1',
              kind: 'Canary',
              name: 'payment',
              uid: '2f0f6c0a-52c5-4d0c-9d3c-5d6a1f0e7b10',
              controller: true,
            },
          ],
        },
      });
      await using open = await openCluster(cluster.settings);
      const shown = named(await readMesh(open.mesh, namespace, 'VirtualService'), 'VirtualService');
      expect(shown.readOnly).toMatch(/Flagger’s Canary payment/);
      const text = (shown.yaml ?? '').replace('timeout: 2s', 'timeout: 3s');
      const plan = await configOf(open.root).plan(edited(shown, { kind: 'yaml', text }), signal);
      expect(guardsOf(plan)).toMatchObject({ ownership: 'block' });
    });
  });
}

import { describe, expect, test } from 'vitest';
import { capabilitiesOf } from '../../shared/connectors/kit/capabilities.ts';
import { istio } from '../../shared/connectors/istio/connector.ts';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { type ClusterUnderTest, createPayment, openCluster, paths } from './cluster.ts';
import { poll, signal } from './rollouts.ts';

const sorted = (names: readonly string[]): readonly string[] => [...names].sort();

/** What sessions on a cluster have, and what they tell about a service beside the map, whoever serves it. */
export function clusterSessionsConformance(name: string, start: () => Promise<ClusterUnderTest>): void {
  describe(`sessions on ${name}`, () => {
    test('have just what their connectors declare', async () => {
      await using cluster = await start();
      await using open = await openCluster(cluster.settings);
      expect(sorted(capabilitiesOf(open.root))).toEqual(sorted(kubernetes.capabilities));
      expect(sorted(capabilitiesOf(open.mesh))).toEqual(sorted(istio.capabilities));
    });

    test('tell the events of a service’s pods and not of others', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await cluster.run({ app: 'payment', version: 'v1', instances: 1 });
      const at = '2026-11-22T06:00:00Z';
      for (const about of ['payment-v1-abc', 'order-v1-abc'])
        await cluster.call('POST', `/api/v1/namespaces/${namespace}/events`, {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: `${about}.1`, namespace },
          involvedObject: { kind: 'Pod', namespace, name: about },
          reason: 'BackOff',
          message: `Back-off restarting the container of ${about}`,
          type: 'Warning',
          count: 3,
          firstTimestamp: at,
          lastTimestamp: at,
        });
      await using open = await openCluster(cluster.settings);
      const found = await open.root.events?.read({ namespace, name: 'payment' }, ['payment-v1-abc'], signal);
      expect(found?.filter(({ reason }) => reason === 'BackOff')).toEqual([
        {
          at: Date.parse(at),
          kind: 'warning',
          reason: 'BackOff',
          text: 'Back-off restarting the container of payment-v1-abc',
          about: 'Pod payment-v1-abc',
          count: 3,
        },
      ]);
    });

    test('give any object as text: without managed fields until asked, a Secret without its values', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await createPayment(cluster);
      await cluster.call('POST', `/api/v1/namespaces/${namespace}/secrets`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'login', namespace },
        stringData: { password: 'hunter2-and-more' },
      });
      await using open = await openCluster(cluster.settings);
      const read = async (apiVersion: string, kind: string, name: string, withManagedFields = false) =>
        (await open.root.objects?.read({ apiVersion, kind, namespace, name, withManagedFields }, signal))
          ?.yaml;
      const virtualService = await read('networking.istio.io/v1', 'VirtualService', 'payment');
      expect(virtualService).toContain('subset: v2');
      expect(virtualService).not.toContain('managedFields');
      const secret = await read('v1', 'Secret', 'login', true);
      expect(secret).toContain('password: (covered, 16 bytes)');
      expect(secret).not.toContain('hunter2');
      expect(secret).not.toContain(Buffer.from('hunter2-and-more').toString('base64'));
      await expect(read('v1', 'Pod', 'nobody')).rejects.toMatchObject({ kind: 'notFound' });
      await expect(read('nothing.test/v1', 'Thing', 'x')).rejects.toMatchObject({ kind: 'notFound' });
    });

    test('show the documents that shape a service, with what is wrong in them', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await createPayment(cluster);
      await cluster.call('PATCH', `${paths(namespace).destinationRules}/payment`, {
        spec: { subsets: [{ name: 'v1', labels: { version: 'v1' } }] },
      });
      await using open = await openCluster(cluster.settings);
      const key = { namespace, name: 'payment', hosts: [`payment.${namespace}.svc.cluster.local`] };
      const found = await poll(
        async () => (await open.mesh.documents?.read(key, signal)) ?? [],
        (all) => all.some(({ findings }) => findings.length > 0),
      );
      const routes = found.find(({ ref }) => ref.kind === 'VirtualService');
      expect(routes?.findings.map(({ rule }) => rule)).toContain('missing-subset');
      expect(routes?.yaml).toContain('subset: v2');
    });
  });
}

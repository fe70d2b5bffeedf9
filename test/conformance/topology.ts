import { describe, expect, test } from 'vitest';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { TopologyObservation } from '../../shared/model/topology.ts';
import {
  type ClusterUnderTest,
  createPayment,
  openCluster,
  paths,
  paymentService,
  until,
} from './cluster.ts';

const topologyOf = (session: Session) => (signal: AbortSignal) => {
  if (session.topology === undefined) throw new Error('the session has no topology');
  return session.topology.watch(signal, () => undefined);
};

const workload = (topology: TopologyObservation, namespace: string, name: string) =>
  topology.workloads.find((one) => one.namespace === namespace && one.name === name);

/** What every source of topology from a Kubernetes API does, whoever serves it. */
export function topologyConformance(name: string, start: () => Promise<ClusterUnderTest>): void {
  describe(`topology from ${name}`, () => {
    test('shows services, the versions behind them and their ready instances', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const inNamespace = ({ instances }: TopologyObservation) =>
        instances.filter((one) => one.namespace === namespace);
      // A Deployment may count instances as ready that the endpoints, which are watched beside it, do not have yet.
      const topology = await until(
        topologyOf(open.root),
        (seen) =>
          workload(seen, namespace, 'payment-v1')?.readyInstances === 2 &&
          workload(seen, namespace, 'payment-v2')?.readyInstances === 1 &&
          inNamespace(seen).filter((one) => one.ready).length === 3,
      );
      expect(topology.problems).toEqual([]);
      expect(topology.services.find((one) => one.namespace === namespace)).toMatchObject({
        name: 'payment',
        kind: 'service',
        owner: 'money',
        hosts: expect.arrayContaining([`payment.${namespace}.svc.cluster.local`]) as unknown,
      });
      expect(workload(topology, namespace, 'payment-v1')).toMatchObject({
        kind: 'Deployment',
        version: 'v1',
        canonicalService: 'payment',
        desiredInstances: 2,
        services: [{ namespace, name: 'payment' }],
        image: 'registry.example.com/payment:v1',
      });
      expect(workload(topology, namespace, 'payment-v1')?.deployments).toHaveLength(1);
      expect(
        inNamespace(topology)
          .map((one) => [one.workload, one.version, one.ready, one.reason])
          .sort(),
      ).toEqual([
        ['payment-v1', 'v1', true, null],
        ['payment-v1', 'v1', true, null],
        ['payment-v2', 'v2', true, null],
      ]);
    });

    test('follows services and workloads as they come and go', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await createPayment(cluster);
      await using open = await openCluster(cluster.settings);
      const steps = [
        async () =>
          void (await cluster.call('POST', paths(namespace).services, {
            ...(paymentService(namespace) as object),
            metadata: { name: 'ledger', namespace },
          })),
        () => cluster.stop({ app: 'payment', version: 'v2' }),
        async () => void (await cluster.call('DELETE', `${paths(namespace).services}/ledger`)),
      ];
      const expected = [
        (seen: TopologyObservation) => workload(seen, namespace, 'payment-v2')?.readyInstances === 1,
        (seen: TopologyObservation) =>
          seen.services.some((one) => one.namespace === namespace && one.name === 'ledger'),
        (seen: TopologyObservation) => workload(seen, namespace, 'payment-v2') === undefined,
        (seen: TopologyObservation) =>
          !seen.services.some((one) => one.namespace === namespace && one.name === 'ledger'),
      ];
      // One watch sees all of it: nothing of this needs a second look.
      let step = 0;
      await until(
        topologyOf(open.root),
        (seen) => {
          if (expected[step]?.(seen) !== true) return false;
          void steps[step]?.();
          step += 1;
          return step === expected.length;
        },
        20_000,
      );
      expect(step).toBe(expected.length);
    });

    test('shows external services that the mesh declares', async () => {
      await using cluster = await start();
      const { namespace } = cluster;
      await cluster.call('POST', paths(namespace).serviceEntries, {
        apiVersion: 'networking.istio.io/v1',
        kind: 'ServiceEntry',
        metadata: { name: 'bank', namespace },
        spec: {
          hosts: ['api.bank.example.com'],
          location: 'MESH_EXTERNAL',
          resolution: 'DNS',
          ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }],
        },
      });
      await using open = await openCluster(cluster.settings);
      const seen = await until(topologyOf(open.mesh), (topology) =>
        topology.services.some((one) => one.hosts.includes('api.bank.example.com')),
      );
      expect(seen.services.find((one) => one.name === 'bank')).toMatchObject({
        kind: 'external',
        hosts: ['api.bank.example.com'],
      });
    });
  });
}

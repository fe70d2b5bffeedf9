import { describe, expect, test } from 'vitest';
import type { TopologyObservation } from '../../shared/model/topology.ts';
import { until } from './cluster.ts';
import type { PaymentUnderTest } from './payment.ts';

/** What every source of topology does, whatever the system; `followMs`: for three changes to be seen one after the other. */
export function anyTopology(name: string, start: () => Promise<PaymentUnderTest>, followMs = 20_000): void {
  const watch = (payment: PaymentUnderTest) => (signal: AbortSignal) => {
    if (payment.topology.topology === undefined) throw new Error('the session has no topology');
    return payment.topology.topology.watch(signal, () => undefined);
  };
  const workload = (seen: TopologyObservation, payment: PaymentUnderTest, version: 'v1' | 'v2') =>
    seen.workloads.find(
      (one) => one.namespace === payment.namespace && one.name === payment.workloads[version],
    );

  describe(`topology from ${name}`, () => {
    test('shows services, the versions behind them and their ready instances', async () => {
      await using payment = await start();
      const { namespace, service, workloads } = payment;
      const seen = await until(
        watch(payment),
        (one) =>
          workload(one, payment, 'v1')?.readyInstances === 2 &&
          workload(one, payment, 'v2')?.readyInstances === 1,
      );
      expect(seen.problems).toEqual([]);
      expect(seen.services.find((one) => one.namespace === namespace && one.name === service)).toMatchObject({
        kind: 'service',
        owner: 'money',
        hosts: expect.arrayContaining([payment.host]) as unknown,
      });
      expect(workload(seen, payment, 'v1')).toMatchObject({
        version: 'v1',
        canonicalService: service,
        services: [{ namespace, name: service }],
      });
      const own = seen.instances.filter((one) => Object.values(workloads).includes(one.workload ?? ''));
      expect(own.map((one) => [one.workload, one.version, one.ready, one.reason]).sort()).toEqual([
        [workloads.v1, 'v1', true, null],
        [workloads.v1, 'v1', true, null],
        [workloads.v2, 'v2', true, null],
      ]);
      expect(new Set(own.map(({ uid }) => uid)).size).toBe(3);
    });

    test('follows services and versions as they come and go', async () => {
      await using payment = await start();
      const ledger = `ledger-${payment.service}`;
      const has = (seen: TopologyObservation) =>
        seen.services.some((one) => one.namespace === payment.namespace && one.name === ledger);
      const steps = [
        () => payment.addService(ledger),
        () => payment.stopV2(),
        () => payment.removeService(ledger),
      ];
      const expected = [
        (seen: TopologyObservation) => workload(seen, payment, 'v2')?.readyInstances === 1,
        has,
        (seen: TopologyObservation) => workload(seen, payment, 'v2') === undefined,
        (seen: TopologyObservation) => !has(seen),
      ];
      // One watch sees all of it: nothing of this needs a second look.
      let step = 0;
      await until(
        watch(payment),
        (seen) => {
          if (expected[step]?.(seen) !== true) return false;
          void steps[step]?.();
          step += 1;
          return step === expected.length;
        },
        followMs,
      );
      expect(step).toBe(expected.length);
    });
  });
}

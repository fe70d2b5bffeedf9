import { describe, expect, test } from 'vitest';
import type { UsageSource } from '../../shared/connectors/kit/usage.ts';

/** A peer that was given what `countedBy` tells of one pod, for long enough that it has rates. */
export interface UsageUnderTest extends AsyncDisposable {
  readonly usage: UsageSource;
  /** How far off CPU may be: nobody scrapes at the very second. */
  readonly cpuOff: number;
  /** Whether the peer has two samples of it by now. */
  isReady(): Promise<boolean>;
}

export const usagePod = { namespace: 'usage', name: 'payment-v1-0' };

/** What a kubelet's cAdvisor had counted of it after so many seconds, as it names and labels that; one counter a line. */
export function countedBy(seconds: number): readonly {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}[] {
  const { namespace, name: pod } = usagePod;
  const of = (container: string) => ({ namespace, pod, container, id: `/kubepods/${container}` });
  const [app, proxy, whole, pause] = [of('payment'), of('istio-proxy'), of(''), of('POD')];
  return [
    { name: 'container_cpu_usage_seconds_total', labels: app, value: 0.5 * seconds },
    { name: 'container_cpu_usage_seconds_total', labels: proxy, value: 0.125 * seconds },
    { name: 'container_cpu_usage_seconds_total', labels: whole, value: 0.625 * seconds },
    { name: 'container_memory_working_set_bytes', labels: app, value: 500_000_000 },
    { name: 'container_memory_working_set_bytes', labels: proxy, value: 80_000_000 },
    { name: 'container_memory_working_set_bytes', labels: whole, value: 580_000_000 },
    { name: 'container_memory_working_set_bytes', labels: pause, value: 700_000 },
    // Only what has a CPU limit has periods; one without load has some, and is held back in none.
    { name: 'container_cpu_cfs_periods_total', labels: app, value: 10 * seconds },
    { name: 'container_cpu_cfs_throttled_periods_total', labels: app, value: 4 * seconds },
  ];
}

/** What every source of cAdvisor's counters does, whoever serves them; both are scraped twice, by two jobs. */
export function usageConformance(name: string, open: () => Promise<UsageUnderTest>): void {
  describe(`what instances use, from ${name}`, () => {
    test('is told by container, once however often it is scraped, and without what is not one', async () => {
      await using peer = await open();
      await expect.poll(() => peer.isReady(), { timeout: 40_000, interval: 500 }).toBe(true);
      const read = await peer.usage.read([usagePod], AbortSignal.timeout(20_000));
      const uses = new Map(read?.uses.map((use) => [use.container, use]));
      expect([...uses.keys()].sort()).toEqual(['istio-proxy', 'payment']);
      expect(Math.abs((uses.get('payment')?.cpuCores ?? NaN) - 0.5)).toBeLessThan(peer.cpuOff);
      expect(Math.abs((uses.get('istio-proxy')?.cpuCores ?? NaN) - 0.125)).toBeLessThan(peer.cpuOff);
      expect(uses.get('payment')).toMatchObject({ ...usagePod, memoryBytes: 500_000_000 });
      expect(uses.get('payment')?.throttledRatio).toBeCloseTo(0.4, 2);
      expect(uses.get('istio-proxy')?.throttledRatio).toBeNull();
      expect(read?.source).toMatch(/· cAdvisor$/);
      expect(read?.problems).toEqual([]);
    });

    test('is not known of instances that nobody counted', async () => {
      await using peer = await open();
      const nobody = { namespace: 'usage', name: 'payment-v1-1' };
      expect(await peer.usage.read([nobody], AbortSignal.timeout(20_000))).toBeNull();
      expect(await peer.usage.read([], AbortSignal.timeout(20_000))).toBeNull();
    });
  });
}

import { expect, test } from 'vitest';
import { lookingFor, matrix, never, now, openScripted, vector } from '../../../test/faults/signalsHarness.ts';
import { counterDifferences } from '../../analysis/counterDifferences.ts';

const since = now - 25_000;
const hostOf = (name: string): string => `${name}.shop.svc.cluster.local`;
const counted = (perTenSeconds: number) =>
  Array.from({ length: 5 }, (_, step) => [now - 45_000 + step * 10_000, step * perTenSeconds] as const);

/** What a caller's proxy of Linkerd counts of a route's backend, as its own scrape configuration labels it. */
const outbound = (backend: string, status = '200') => ({
  direction: 'outbound',
  namespace: 'shop',
  deployment: 'order',
  pod: 'order-1',
  dst_namespace: 'shop',
  dst_service: backend,
  dst_deployment: backend,
  classification: status === '200' ? 'success' : 'failure',
  status_code: status,
});

test('the shares of a route’s backends are measured by Linkerd’s own counters, each a Service of its own', async () => {
  await using session = await openScripted((query) => {
    if (query.startsWith(lookingFor)) return vector([[{ found: 'linkerd' }, 1]]);
    if (query.startsWith('max(timestamp')) return vector([[{}, now / 1000 - 2]]);
    if (/^response_total\{.*\}\[\d+s\]$/.test(query))
      return matrix([
        [outbound('payment-v1'), counted(90)],
        [outbound('payment-v2'), counted(8)],
        [outbound('payment-v2', '503'), counted(2)],
        [outbound('catalog'), counted(50)],
      ]);
    return null;
  });
  const hosts = ['payment-v1', 'payment-v2'].map(hostOf);
  const { series } = await session.signals.counters({ hosts, since }, never);
  const destinations = hosts.map((host, index) => ({
    index,
    host,
    subset: null,
    // Told by the labels of pods, which Linkerd's counters know nothing of.
    version: `v${index + 1}`,
    share: index === 0 ? 0.9 : 0.1,
  }));
  const [v1 = 0, v2 = 0] = counterDifferences(series, { destinations }, since);
  expect(v1).toBeGreaterThan(0);
  expect(v2 / (v1 + v2)).toBeCloseTo(0.1);
  expect(series.filter(({ failed }) => failed).map(({ host }) => host)).toEqual([hostOf('payment-v2')]);
});

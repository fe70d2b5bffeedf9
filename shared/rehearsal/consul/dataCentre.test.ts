import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createShop } from '../fleet/shop.ts';
import { createObjectStore, type ObjectStore } from '../kube/store.ts';
import { seedStore } from '../seeding.ts';
import { createDataCentre, startDataCentre, type DataCentre } from './dataCentre.ts';

const opensAt = 1_790_000_000_000;
let now = opensAt;
let shop: ObjectStore;
let centre: DataCentre;

beforeAll(() => {
  shop = createObjectStore();
  seedStore(shop, createShop(opensAt).objects);
  centre = createDataCentre({
    shop,
    seed: 1,
    now: () => now,
    historyMs: 120_000,
    scrapeMs: 5_000,
    keep: 200,
  });
});
afterAll(() => centre.close());

function requestsTo(service: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const { labels, count } of centre.traffic.counters.requests()) {
    if (labels['reporter'] !== 'source' || !labels['destination_service']?.startsWith(`${service}.`))
      continue;
    const version = labels['destination_version'] ?? '';
    found.set(version, (found.get(version) ?? 0) + count);
  }
  return found;
}

function pass(seconds: number): void {
  now += seconds * 1_000;
  centre.advance(now);
}

/** Which share of loyalty's requests v2 got in the next minute. */
function shareOfV2(): number {
  const before = requestsTo('loyalty');
  pass(50);
  pass(50);
  const grown = (version: string): number =>
    (requestsTo('loyalty').get(version) ?? 0) - (before.get(version) ?? 0);
  return grown('v2') / (grown('v1') + grown('v2'));
}

const loyalty = (v1: number, v2: number): void =>
  centre.state.putEntry('service-splitter', 'loyalty', {
    Kind: 'service-splitter',
    Name: 'loyalty',
    Splits: [
      { Weight: v1, ServiceSubset: 'v1' },
      { Weight: v2, ServiceSubset: 'v2' },
    ],
  });

describe('the second data centre', () => {
  test('divides loyalty’s calls as its splitter says, before and after a write', () => {
    expect(Math.abs(shareOfV2() - 0.2)).toBeLessThan(0.03);
    loyalty(59.5, 40.5);
    pass(2);
    expect(Math.abs(shareOfV2() - 0.405)).toBeLessThan(0.035);
    loyalty(80, 20);
  });

  test('tells its Prometheus of callers and subsets, as Consul’s Envoys are labelled', async () => {
    await using servers = await startDataCentre(centre, () => now);
    const query =
      'sum by (consul_source_service, consul_destination_service_subset) (envoy_cluster_upstream_rq{consul_destination_service="loyalty"})';
    const answer = await fetch(`${servers.prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await answer.json()) as { data: { result: { metric: Record<string, string> }[] } };
    expect(data.result.map(({ metric }) => metric)).toEqual([
      { consul_source_service: 'order', consul_destination_service_subset: 'v1' },
      { consul_source_service: 'order', consul_destination_service_subset: 'v2' },
    ]);
    const text = await (await fetch(`${servers.prometheusUrl}/fleet/metrics`)).text();
    expect(text).toContain('# TYPE envoy_cluster_upstream_rq_time histogram');
    expect(text).toMatch(/envoy_cluster_upstream_rq_total\{[^}]*consul_source_service="refunds"/);
  });

  test('registers the shop’s own instances as they come and go in Kubernetes', () => {
    const registered = () => centre.state.services().filter(({ name }) => name === 'refunds').length;
    expect(registered()).toBe(2);
    const [pod] = shop.list('pods', 'shop').filter(({ metadata }) => metadata.labels?.['app'] === 'refunds');
    shop.remove('pods', 'shop', pod?.metadata.name ?? '');
    expect(registered()).toBe(1);
    expect(centre.state.checks().some(({ serviceId }) => serviceId === pod?.metadata.name)).toBe(false);
  });
});

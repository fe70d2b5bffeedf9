import { beforeAll, describe, expect, it } from 'vitest';
import { createGenerated } from './fleet/generated.ts';
import { createShop } from './fleet/shop.ts';
import { valuesAt } from './prometheus/testSamples.ts';
import { createRehearsal, type Rehearsal } from './rehearsal.ts';
import { createShopScript } from './script.ts';
import { fieldsAt, listAt } from './traffic/reading.ts';

const opensAt = 1_800_000_000_000;
const paymentPath = ['virtualservices', 'shop', 'payment'] as const;

/** A shop whose clock the test moves. */
function openShop(historyMinutes: number): { shop: Rehearsal; pass(seconds: number): void; now(): number } {
  let now = opensAt;
  const shop = createRehearsal({
    fleet: createShop(now),
    seed: 3,
    now: () => now,
    historyMs: historyMinutes * 60_000,
    scrapeMs: 5_000,
    keep: 1_440,
    script: createShopScript,
  });
  return {
    shop,
    now: () => now,
    pass(seconds) {
      for (let passed = 0; passed < seconds * 2; passed += 1) shop.advance((now += 500));
    },
  };
}

function weigh(shop: Rehearsal, v1: number, v2: number): void {
  const current = shop.store.get(...paymentPath);
  if (current === undefined) throw new Error('the shop has no route for payment');
  const http = fieldsAt(listAt(current, 'spec', 'http')[0]);
  const route = listAt(http, 'route').map((one, index) => ({
    ...fieldsAt(one),
    weight: index === 0 ? v1 : v2,
  }));
  shop.store.put({ ...current, spec: { ...fieldsAt(current, 'spec'), http: [{ ...http, route }] } });
}

describe('the shop', () => {
  let opened: ReturnType<typeof openShop>;
  beforeAll(() => {
    opened = openShop(20);
  });
  const ask = (query: string, agoSeconds = 0): Record<string, number> =>
    valuesAt(opened.shop.samples, query, opened.now() / 1000 - agoSeconds);
  const failing = (labels: string): string =>
    `sum by (destination_version) (rate(istio_requests_total{reporter="destination",${labels},response_code=~"5.."}[2m]))` +
    ` / sum by (destination_version) (rate(istio_requests_total{reporter="destination",${labels}}[2m]))`;
  const share = (callee: string): string =>
    `sum(rate(istio_requests_total{reporter="source",destination_service_name="${callee}",response_code=~"5.."}[2m]))` +
    ` / sum(rate(istio_requests_total{reporter="source",destination_service_name="${callee}"}[2m]))`;

  it('opens with a payment v2 that fails and is slow, and a v1 that is well', () => {
    const { v1 = 1, v2 = 0 } = ask(failing('destination_canonical_service="payment"'));
    expect(v1).toBeLessThan(0.01);
    expect(v2).toBeGreaterThan(0.09);
    expect(v2).toBeLessThan(0.18);
    const p99 = ask(
      'histogram_quantile(0.99, sum by (le, destination_version) (rate(istio_request_duration_milliseconds_bucket{reporter="destination",destination_canonical_service="payment"}[2m])))',
    );
    expect(p99['v2']).toBeGreaterThan(4_000);
    expect(p99['v1']).toBeLessThan(500);
  });

  it('shows the failure at the bank, and again at everyone who waits for payment', () => {
    expect(ask(share('bank-api.example.com'))['']).toBeGreaterThan(0.12);
    expect(ask(share('payment'))['']).toBeGreaterThan(0.025);
    expect(ask(share('order'))['']).toBeGreaterThan(0.025);
    const calls =
      'sum(rate(istio_requests_total{reporter="source",destination_service_name="inventory"}[2m]))';
    expect(ask(calls)['']).toBeGreaterThan(1);
    // Where nothing ever failed there is no series of failures.
    expect(ask(share('inventory'))[''] ?? 0).toBeLessThan(0.01);
  });

  it('was well before v2 was given more', () => {
    const early = 6 * 60;
    expect(ask(failing('destination_canonical_service="payment"'), early)['v2'] ?? 0).toBeLessThan(0.02);
    const shares = ask(
      'sum by (destination_version) (increase(istio_requests_total{reporter="source",destination_service_name="payment"}[5m]))',
      early,
    );
    expect((shares['v2'] ?? 0) / ((shares['v1'] ?? 0) + (shares['v2'] ?? 0))).toBeCloseTo(0.1, 1);
  });

  it('recovers when v2 gets little, which the counters show from the next scrapes on', () => {
    weigh(opened.shop, 95, 5);
    opened.pass(1);
    const since = opened.now();
    opened.pass(150);
    const seconds = Math.floor((opened.now() - since) / 1000);
    const shares = ask(
      `sum by (destination_version) (increase(istio_requests_total{reporter="source",destination_service_name="payment"}[${seconds}s]))`,
    );
    const total = (shares['v1'] ?? 0) + (shares['v2'] ?? 0);
    expect((shares['v2'] ?? 0) / total).toBeGreaterThan(0.04);
    expect((shares['v2'] ?? 0) / total).toBeLessThan(0.06);
    expect(ask(share('payment'))['']).toBeLessThan(0.01);
    expect(ask(share('order'))['']).toBeLessThan(0.015);
  });

  it('is overloaded by a sale: limits refuse calls to payment', () => {
    opened.shop.script?.trigger('sale');
    opened.pass(90);
    const refused = ask(
      'sum(rate(istio_requests_total{destination_service_name="payment",response_flags="UO"}[30s]))',
    );
    expect(refused['']).toBeGreaterThan(5);
    opened.shop.script?.trigger('calm');
    opened.pass(120);
    expect(
      ask('sum(rate(istio_requests_total{destination_service_name="payment",response_flags="UO"}[30s]))')[''],
    ).toBe(0);
  });

  it('keeps its queue in bounds and counts what goes through it', () => {
    const waiting = ask('sum(rabbitmq_queue_messages_ready)')[''] ?? Number.NaN;
    expect(waiting).toBeGreaterThanOrEqual(0);
    expect(waiting).toBeLessThan(20_000);
    const { queues } = opened.shop.traffic;
    for (const queue of queues) expect(queue.published - queue.delivered).toBe(queue.waiting);
  });
});

describe('the fleet’s objects', () => {
  it('refer to each other by the uids the store dealt out', () => {
    const { shop } = openShop(0);
    const uids = new Set(
      ['deployments', 'replicasets', 'pods']
        .flatMap((kind) => shop.store.list(kind))
        .map((one) => one.metadata.uid),
    );
    for (const pod of shop.store.list('pods')) {
      for (const owner of listAt(pod, 'metadata', 'ownerReferences'))
        expect(uids).toContain(fieldsAt(owner)['uid']);
    }
    for (const slice of shop.store.list('endpointslices')) {
      for (const endpoint of listAt(slice, 'endpoints')) {
        expect(uids).toContain(fieldsAt(endpoint, 'targetRef')['uid']);
      }
    }
  });

  it('are made for any number of services, all of which have traffic', () => {
    let now = opensAt;
    const fleet = createRehearsal({
      fleet: createGenerated(100, 5, now),
      seed: 5,
      now: () => now,
      historyMs: 120_000,
      scrapeMs: 5_000,
      keep: 100,
    });
    const counted = valuesAt(
      fleet.samples,
      'count(count by (destination_service) (istio_requests_total{reporter="destination"}))',
      now / 1000,
    );
    expect(fleet.store.list('services').length).toBe(102);
    expect(counted['']).toBeGreaterThan(95);
    now += 500;
    fleet.close();
  });
});

import { describe, expect, it } from 'vitest';
import { withBreakerStats } from '../fleet/fleet.ts';
import { createTestFleet, divided, subsets, type TestFleet } from './testFleet.ts';

const sent = { reporter: 'source', source_workload: 'front' };
const slow = {
  back: { latency: { medianMs: 400, p99Ms: 500 } },
  perSecond: 200,
  annotations: withBreakerStats,
};
const pool = (connectionPool: object): Record<string, unknown> => ({ trafficPolicy: { connectionPool } });
const detection = (outlierDetection: object): Record<string, unknown> => ({
  trafficPolicy: { outlierDetection },
});

/** The share of calls that end with this flag under a rule. */
function shareOf(fleet: TestFleet, flag: string, rule: Record<string, unknown>): number {
  fleet.rule(rule);
  fleet.pass(20);
  fleet.mark();
  fleet.pass(20);
  return fleet.count({ ...sent, response_flags: flag }) / fleet.count(sent);
}

/** What all proxies of `front` report of one of Envoy's statistics, added up; null when none reports it. */
function stat(
  fleet: TestFleet,
  name: string,
  cluster = 'outbound|8080||back.test.svc.cluster.local',
): number | null {
  const values = fleet.traffic
    .envoyRows()
    .filter(({ labels }) => labels['cluster_name'] === cluster)
    .flatMap(({ metrics, look }) =>
      metrics.filter((metric) => metric.name === name).map(({ of }) => of(look())),
    );
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

describe('a limit', () => {
  it('on requests at once refuses the rest with UO', () => {
    const fleet = createTestFleet(slow);
    expect(shareOf(fleet, 'UO', {})).toBe(0);
    // 200 a second for 0.4 s from two instances: 40 at once each, where 20 are allowed.
    const share = shareOf(fleet, 'UO', pool({ http: { http2MaxRequests: 20 } }));
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.65);
    expect(fleet.count({ ...sent, response_flags: 'UO', response_code: '503' }) / fleet.count(sent)).toBe(
      share,
    );
  });

  it('of zero is no limit', () => {
    const none = { http: { http2MaxRequests: 0, http1MaxPendingRequests: 0 }, tcp: { maxConnections: 0 } };
    expect(shareOf(createTestFleet(slow), 'UO', pool(none))).toBe(0);
  });

  it('on connections and on those who wait for one counts together, for HTTP/1 only', () => {
    const connections = pool({ tcp: { maxConnections: 10 }, http: { http1MaxPendingRequests: 10 } });
    expect(shareOf(createTestFleet(slow), 'UO', connections)).toBeGreaterThan(0.4);
    expect(shareOf(createTestFleet({ ...slow, protocol: 'grpc' }), 'UO', connections)).toBe(0);
  });

  it('is not tried again, whatever the route says', () => {
    const fleet = createTestFleet(slow);
    fleet.route({ route: [{ destination: { host: 'back' } }], retries: { attempts: 5, retryOn: '5xx' } });
    expect(shareOf(fleet, 'UO', pool({ http: { http2MaxRequests: 20 } }))).toBeGreaterThan(0.4);
  });

  it('shows in the statistics of the proxies that are told to report', () => {
    const fleet = createTestFleet(slow);
    shareOf(fleet, 'UO', pool({ http: { http2MaxRequests: 20 } }));
    const refused = fleet.traffic.counters
      .requests()
      .filter(({ labels }) => labels['response_flags'] === 'UO')
      .reduce((sum, { count }) => sum + count, 0);
    expect(stat(fleet, 'envoy_cluster_upstream_rq_pending_overflow')).toBe(refused);
    const looks = Array.from({ length: 200 }, () =>
      stat(fleet, 'envoy_cluster_circuit_breakers_default_rq_open'),
    );
    // A gauge is a moment: open at most looks, not at all.
    expect(looks.filter((open) => open !== null && open > 0).length).toBeGreaterThan(120);
    expect(looks.some((open) => open !== 2)).toBe(true);
    expect(stat(fleet, 'envoy_cluster_circuit_breakers_default_remaining_rq')).toBeLessThan(20);
    expect(stat(fleet, 'envoy_cluster_circuit_breakers_default_cx_open')).toBe(0);
    expect(stat(fleet, 'envoy_cluster_circuit_breakers_default_remaining_cx')).toBeGreaterThan(8e9);
  });

  it('is not reported where the annotation does not ask for it, or asks for something else', () => {
    for (const annotations of [
      {},
      { 'proxy.istio.io/config': 'concurrency: 2' },
      { 'proxy.istio.io/config': '{"proxyStatsMatcher":{"inclusionPrefixes":["http"]}}' },
      { 'proxy.istio.io/config': ': [' },
    ]) {
      const fleet = createTestFleet({ annotations });
      fleet.pass(2);
      expect(fleet.traffic.envoyRows()).toEqual([]);
    }
    const some = createTestFleet({
      annotations: {
        'proxy.istio.io/config': '{"proxyStatsMatcher":{"inclusionSuffixes":["rq_pending_overflow"]}}',
      },
    });
    some.pass(2);
    expect(stat(some, 'envoy_cluster_upstream_rq_pending_overflow')).toBe(0);
    expect(stat(some, 'envoy_cluster_circuit_breakers_default_rq_open')).toBeNull();
  });

  it('names its cluster by port, subset and host', () => {
    const fleet = createTestFleet({ annotations: withBreakerStats });
    fleet.rule({ subsets });
    fleet.route(divided(50, 50));
    fleet.pass(2);
    const names = fleet.traffic.envoyRows().map(({ labels }) => labels['cluster_name']);
    expect([...new Set(names)].toSorted()).toEqual([
      'outbound|8080|v1|back.test.svc.cluster.local',
      'outbound|8080|v2|back.test.svc.cluster.local',
    ]);
  });
});

describe('a rule for the proxies of one caller', () => {
  const ofFront = { workloadSelector: { matchLabels: { app: 'front' } } };
  const shareRefused = (fleet: TestFleet, caller: string): number => {
    const from = { reporter: 'source', source_workload: caller };
    return fleet.count({ ...from, response_flags: 'UO' }) / fleet.count(from);
  };

  it('holds for those alone, and Envoy’s own thresholds of zero refuse everything at once', () => {
    for (const thresholds of [{ maxRequests: 0 }, { maxPendingRequests: 0 }]) {
      const fleet = createTestFleet({ otherPerSecond: 100 });
      fleet.pass(2);
      fleet.rule({ ...ofFront, trafficPolicy: { thresholds } });
      fleet.pass(1);
      fleet.mark();
      fleet.pass(2);
      expect(shareRefused(fleet, 'front')).toBe(1);
      expect(shareRefused(fleet, 'other')).toBe(0);
      fleet.rule({});
      fleet.pass(1);
      fleet.mark();
      fleet.pass(2);
      expect(shareRefused(fleet, 'front')).toBe(0);
    }
  });

  it('leaves one connection, whatever the limit on connections', () => {
    const fleet = createTestFleet();
    fleet.rule({ ...ofFront, trafficPolicy: { thresholds: { maxConnections: 0 } } });
    fleet.pass(4);
    expect(shareRefused(fleet, 'front')).toBe(0);
  });
});

describe('outlier detection', () => {
  const failing = { back: { errorRatio: 1 }, annotations: withBreakerStats };

  it('takes out what fails five times in a row, and then nobody is left: UH', () => {
    const fleet = createTestFleet(failing);
    fleet.rule(detection({ maxEjectionPercent: 100 }));
    fleet.pass(10);
    expect(stat(fleet, 'envoy_cluster_outlier_detection_ejections_active')).toBe(8);
    expect(stat(fleet, 'envoy_cluster_outlier_detection_ejections_enforced_total')).toBe(8);
    expect(stat(fleet, 'envoy_cluster_outlier_detection_ejections_enforced_consecutive_5xx')).toBe(8);
    fleet.mark();
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_flags: 'UH', response_code: '503' })).toBe(fleet.count(sent));
    // Four instances, two proxies, five failures each; and what was under way before the rule came.
    expect(
      fleet.count({ reporter: 'destination', source_workload: 'front', destination_service_name: 'back' }),
    ).toBe(0);
  });

  it('takes out no more than the share that may go, and counts what it would have', () => {
    const fleet = createTestFleet(failing);
    fleet.rule(detection({ maxEjectionPercent: 50 }));
    fleet.pass(10);
    expect(stat(fleet, 'envoy_cluster_outlier_detection_ejections_active')).toBe(4);
    expect(stat(fleet, 'envoy_cluster_outlier_detection_ejections_overflow')).toBeGreaterThan(0);
    fleet.mark();
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_flags: 'UH' })).toBe(0);
  });

  it('takes out nothing of four instances at the default of a tenth', () => {
    const fleet = createTestFleet(failing);
    fleet.rule(detection({}));
    fleet.pass(10);
    expect(stat(fleet, 'envoy_cluster_outlier_detection_ejections_active')).toBe(0);
  });

  it.each([
    ['zero switches it off', { consecutive5xxErrors: 0, maxEjectionPercent: 100 }],
    ['more failures than there are', { consecutive5xxErrors: 100_000, maxEjectionPercent: 100 }],
    [
      'gateway failures alone do not count a plain 500',
      { consecutive5xxErrors: 0, consecutiveGatewayErrors: 3, maxEjectionPercent: 100 },
    ],
  ])('leaves everybody in: %s', (_, rule) => {
    const fleet = createTestFleet(failing);
    fleet.rule(detection(rule));
    fleet.pass(10);
    fleet.mark();
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_flags: 'UH' })).toBe(0);
    expect(fleet.count({ ...sent, response_code: '500' })).toBe(fleet.count(sent));
  });

  it('asks everybody again when fewer than the wanted share are in', () => {
    const fleet = createTestFleet(failing);
    fleet.rule(detection({ maxEjectionPercent: 100, minHealthPercent: 50 }));
    fleet.pass(10);
    fleet.mark();
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_code: '500' })).toBe(fleet.count(sent));
  });

  it('brings back at the sweep after the time, and keeps out longer the next time', () => {
    const fleet = createTestFleet(failing);
    fleet.rule(detection({ maxEjectionPercent: 100, baseEjectionTime: '5s', interval: '1s' }));
    const active = (): number | null => stat(fleet, 'envoy_cluster_outlier_detection_ejections_active');
    const secondsUntil = (wanted: (ejected: number | null) => boolean): number => {
      let half = 0;
      for (; half < 120 && !wanted(active()); half += 1) fleet.pass(0.5);
      return half / 2;
    };
    secondsUntil((ejected) => ejected === 8);
    const first = secondsUntil((ejected) => ejected === 0 || (ejected ?? 0) < 8);
    expect(first).toBeGreaterThanOrEqual(4);
    expect(first).toBeLessThanOrEqual(6.5);
    secondsUntil((ejected) => ejected === 8);
    expect(secondsUntil((ejected) => (ejected ?? 0) < 8)).toBeGreaterThan(7);
  });

  it('forgets whom it took out when its settings change, and when it goes', () => {
    const fleet = createTestFleet(failing);
    fleet.rule(detection({ maxEjectionPercent: 100, baseEjectionTime: '600s' }));
    fleet.pass(10);
    fleet.rule({});
    fleet.pass(1);
    fleet.mark();
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_flags: 'UH' })).toBe(0);
    expect(stat(fleet, 'envoy_cluster_outlier_detection_ejections_active')).toBeNull();
  });
});

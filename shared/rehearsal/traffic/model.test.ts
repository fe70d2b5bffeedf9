import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestFleet, divided, subsets } from './testFleet.ts';

const sent = { reporter: 'source', source_workload: 'front' };
const arrived = { reporter: 'destination', source_workload: 'front' };

describe('the traffic model', () => {
  it('counts every call at both ends', () => {
    const fleet = createTestFleet();
    fleet.pass(60);
    const entered = fleet.count({ reporter: 'destination', destination_workload: 'front' });
    expect(entered).toBeGreaterThan(5_000);
    expect(fleet.count(sent)).toBe(entered);
    expect(fleet.count(arrived)).toBe(entered);
    for (const row of fleet.traffic.counters.requests()) {
      expect(row.buckets.reduce((sum, value) => sum + value, 0)).toBe(row.count);
    }
  });

  it('is the same again with the same seed', () => {
    const counts = [0, 1].map(() => {
      const fleet = createTestFleet();
      fleet.rule({ subsets });
      fleet.route(divided(70, 30));
      fleet.pass(20);
      return fleet.traffic.counters.requests().map(({ count, sumMs }) => [count, sumMs]);
    });
    expect(counts[0]).toEqual(counts[1]);
  });

  it('divides by weight over the sum of weights, whatever the sum, and with the noise of chance', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), (v1, v2) => {
        fc.pre(v1 + v2 > 0);
        const fleet = createTestFleet();
        fleet.rule({ subsets });
        fleet.route(divided(v1, v2));
        fleet.pass(1);
        fleet.mark();
        fleet.pass(30);
        const total = fleet.count(sent);
        const share = v1 / (v1 + v2);
        const deviation = Math.sqrt((share * (1 - share)) / total);
        const measured = fleet.count({ ...sent, destination_version: 'v1' }) / total;
        expect(Math.abs(measured - share)).toBeLessThanOrEqual(5 * deviation);
        expect(fleet.count({ ...arrived, destination_version: 'v1' })).toBe(
          fleet.count({ ...sent, destination_version: 'v1' }),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('follows a changed weight within half a second and then sends nothing to the version at zero', () => {
    const fleet = createTestFleet();
    fleet.rule({ subsets });
    fleet.route(divided(50, 50));
    fleet.pass(10);
    expect(fleet.count({ ...sent, destination_version: 'v2' })).toBeGreaterThan(300);
    fleet.route(divided(100, 0));
    fleet.pass(0.5);
    fleet.mark();
    fleet.pass(10);
    expect(fleet.count({ ...sent, destination_version: 'v2' })).toBe(0);
    expect(fleet.count({ ...sent, destination_version: 'v1' })).toBeGreaterThan(800);
  });

  it('answers 503 NC for a subset that nothing declares, and no workload sees those requests', () => {
    const fleet = createTestFleet();
    fleet.rule({ subsets: subsets.slice(0, 1) });
    fleet.route(divided(50, 50));
    fleet.pass(1);
    fleet.mark();
    fleet.pass(20);
    const lost = fleet.count({
      ...sent,
      response_flags: 'NC',
      response_code: '503',
      destination_workload: 'unknown',
    });
    expect(lost / fleet.count(sent)).toBeCloseTo(0.5, 1);
    expect(fleet.count(arrived)).toBe(fleet.count(sent) - lost);
  });

  it('answers 503 UH for a version without ready instances', () => {
    const fleet = createTestFleet();
    fleet.rule({ subsets });
    fleet.route(divided(50, 50));
    for (const pod of fleet.store.list('pods', 'test')) {
      if (pod.metadata.labels?.['version'] === 'v2') fleet.store.remove('pods', 'test', pod.metadata.name);
    }
    fleet.pass(1);
    fleet.mark();
    fleet.pass(10);
    expect(fleet.count({ ...sent, response_flags: 'UH' }) / fleet.count(sent)).toBeCloseTo(0.5, 1);
  });

  it('cuts calls at the time-out: 504 UT for the caller, a caller that is gone for the callee', () => {
    const fleet = createTestFleet({ back: { latency: { medianMs: 500, p99Ms: 2_000 } } });
    fleet.rule({ subsets });
    fleet.route(divided(100, 0, { timeout: '0.4s', retries: { attempts: 0 } }));
    fleet.pass(1);
    fleet.mark();
    fleet.pass(20);
    const late = fleet.count({ ...sent, response_code: '504', response_flags: 'UT' });
    expect(late).toBeGreaterThan(500);
    expect(fleet.count({ ...arrived, response_code: '0', response_flags: 'DC' })).toBe(late);
  });

  it('tries again where the route says so: more arrives than was sent, and less fails', () => {
    const fleet = createTestFleet({ back: { errorRatio: 0.3 } });
    fleet.rule({ subsets });
    fleet.route(divided(100, 0, { retries: { attempts: 2, retryOn: '5xx' } }));
    fleet.pass(1);
    fleet.mark();
    fleet.pass(30);
    const tries = fleet.count(arrived);
    const failedTries = fleet.count({ ...arrived, response_code: '500' });
    const failed = fleet.count({ ...sent, response_code: '500' });
    expect(failed / fleet.count(sent)).toBeCloseTo(0.027, 1);
    expect(tries - fleet.count(sent)).toBe(failedTries - failed);
  });

  it('answers slower and then not at all when more comes than it stands', () => {
    const fleet = createTestFleet({ back: { capacityPerInstance: 20 }, perSecond: 160 });
    fleet.pass(30);
    fleet.mark();
    fleet.pass(20);
    // 160 a second for four instances that stand 20 each.
    expect(fleet.count({ ...arrived, response_code: '503' }) / fleet.count(arrived)).toBeCloseTo(0.5, 1);
  });

  it('keeps the old routes when proxies refuse the new ones', () => {
    const fleet = createTestFleet();
    fleet.rule({ subsets });
    fleet.route(divided(100, 0));
    fleet.pass(2);
    fleet.route(divided(0, 0));
    fleet.pass(1);
    fleet.mark();
    fleet.pass(5);
    expect(fleet.traffic.refusedRoutes()).toBe(1);
    expect(fleet.count({ ...sent, destination_version: 'v1', response_code: '200' })).toBe(fleet.count(sent));
  });
});

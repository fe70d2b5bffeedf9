import { describe, expect, test } from 'vitest';
import { defaultHealthThresholds } from '../model/settings.ts';
import { healthOfService, worstHealth, type ServiceEvidence } from './health.ts';

const service = (more: Partial<ServiceEvidence>): ServiceEvidence => ({
  requestsPerSecond: 100,
  failedPerSecond: 0,
  errorRatio: 0,
  windowSeconds: 60,
  thresholds: defaultHealthThresholds,
  readyInstances: 3,
  desiredInstances: 3,
  recentRestarts: 0,
  ...more,
});
const failing = (ratio: number) => ({ failedPerSecond: 100 * ratio, errorRatio: ratio });

describe('a service', () => {
  test.each([
    ['healthy just under one percent', failing(0.0099), 'healthy'],
    ['degraded from one percent', failing(0.01), 'degraded'],
    ['failing from three percent', failing(0.03), 'failing'],
    ['failing without a ready instance', { readyInstances: 0 }, 'failing'],
    ['degraded with an instance missing', { readyInstances: 2 }, 'degraded'],
    ['degraded after restarts', { recentRestarts: 1 }, 'degraded'],
    ['at rest when it is meant to have none', { readyInstances: 0, desiredInstances: 0 }, 'healthy'],
    [
      'unknown without figures',
      { requestsPerSecond: null, failedPerSecond: null, errorRatio: null },
      'unknown',
    ],
    ['unknown when idle', { requestsPerSecond: 0, errorRatio: null }, 'unknown'],
    ['unknown where nothing tells failures', { failedPerSecond: null, errorRatio: null }, 'unknown'],
  ] as const)('is %s', (_, more, health) => {
    expect(healthOfService(service(more)).health).toBe(health);
  });

  test('is not judged by fewer than twenty calls, and is by exactly twenty', () => {
    const few = (calls: number) =>
      healthOfService(
        service({ requestsPerSecond: calls / 60, failedPerSecond: calls / 120, errorRatio: 0.5 }),
      );
    expect(few(19)).toEqual({
      health: 'unknown',
      reasons: ['about 19 calls in the last 60 s, 10 of them failed: too few for a verdict'],
    });
    expect(few(20).health).toBe('failing');
  });

  test('says the worst reason first', () => {
    const { health, reasons } = healthOfService(
      service({ ...failing(0.02), readyInstances: 0, recentRestarts: 4 }),
    );
    expect(health).toBe('failing');
    expect(reasons).toEqual([
      '0 of 3 ready',
      '2 % of calls fail, 2.0 a second',
      '4 restarts within the last hour',
    ]);
  });

  test('keeps its own thresholds', () => {
    const thresholds = { ...defaultHealthThresholds, degradedErrorRatio: 0.1, failingErrorRatio: 0.2 };
    expect(healthOfService(service({ ...failing(0.05), thresholds })).health).toBe('healthy');
  });
});

test('a group is as bad as its worst, and unknown when it is empty', () => {
  expect(worstHealth(['healthy', 'unknown', 'degraded'])).toBe('degraded');
  expect(worstHealth(['healthy', 'unknown'])).toBe('unknown');
  expect(worstHealth([])).toBe('unknown');
});

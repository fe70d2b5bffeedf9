import { describe, expect, test } from 'vitest';
import type { CountersObservation } from '../model/observations.ts';
import { counterDifferences, counterIncreases } from './counterDifferences.ts';

type One = CountersObservation['series'][number];
const host = 'payment.shop.svc.cluster.local';
const counter = (version: string | null, samples: [number, number][], more: Partial<One> = {}): One => ({
  key: `${version} ${samples[0]?.[0]}`,
  caller: 'shop/order',
  host,
  subset: null,
  version,
  failed: false,
  responseCode: null,
  flags: [],
  samples,
  ...more,
});
const toVersions = {
  destinations: ['v1', 'v2'].map((version, index) => ({
    index,
    host: 'payment',
    subset: version,
    version,
    share: 0.5,
  })),
};

describe('counted calls', () => {
  test('begin at the first sample after the write, never before it', () => {
    const v1 = counter('v1', [
      [0, 1000],
      [10, 1100],
      [20, 1195],
      [30, 1290],
    ]);
    const v2 = counter('v2', [
      [0, 500],
      [10, 530],
      [20, 535],
      [30, 540],
    ]);
    expect(counterDifferences([v1, v2], toVersions, 5)).toEqual([190, 10]);
  });

  test('of targets scraped at different moments begin at one moment', () => {
    const v1 = counter('v1', [
      [0, 0],
      [10, 100],
      [20, 200],
      [30, 300],
    ]);
    const v2 = counter('v2', [
      [4, 0],
      [14, 100],
      [24, 200],
      [34, 300],
    ]);
    expect(counterIncreases([v1, v2], 5).from).toBe(14);
    expect(counterDifferences([v1, v2], toVersions, 5)).toEqual([200, 200]);
  });

  test('of a version that had none before begin at zero', () => {
    const v1 = counter('v1', [
      [0, 0],
      [10, 100],
      [20, 150],
    ]);
    const v2 = counter('v2', [[20, 50]]);
    expect(counterDifferences([v1, v2], toVersions, 5)).toEqual([50, 50]);
  });

  test('go on over a reset', () => {
    const v1 = counter('v1', [
      [0, 900],
      [10, 1000],
      [20, 30],
      [30, 80],
    ]);
    expect(counterIncreases([v1], 5).series[0]).toMatchObject({ increase: 80, resets: 1 });
  });

  test('are none while there is one sample only, or none at all', () => {
    expect(
      counterDifferences(
        [
          counter('v1', [
            [0, 5],
            [10, 9],
          ]),
        ],
        toVersions,
        5,
      ),
    ).toEqual([0, 0]);
    expect(counterDifferences([], toVersions, 5)).toEqual([0, 0]);
    expect(counterIncreases([], 5).from).toBeNull();
  });

  test('do not wait for a target that is gone', () => {
    const v1 = counter('v1', [
      [0, 0],
      [10, 100],
      [20, 200],
    ]);
    const gone = counter('v2', [[0, 50]]);
    expect(counterDifferences([v1, gone], toVersions, 5)).toEqual([100, 0]);
  });

  test('go by subset where Envoy says it, and to no other host or namespace', () => {
    const samples: [number, number][] = [
      [0, 0],
      [10, 0],
      [20, 10],
    ];
    const series = [
      counter(null, samples, { subset: 'v2' }),
      counter('v1', samples, { host: 'payment.finance.svc.cluster.local' }),
      counter('v1', samples, { host: 'payments.shop.svc.cluster.local' }),
    ];
    const full = { destinations: toVersions.destinations.map((one) => ({ ...one, host })) };
    expect(counterDifferences(series, full, 5)).toEqual([0, 10]);
  });
});

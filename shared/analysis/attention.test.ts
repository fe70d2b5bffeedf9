import { expect, test } from 'vitest';
import type { ServiceSignals } from '../model/signals.ts';
import { needsAttention } from './attention.ts';

const signals = (
  health: ServiceSignals['health'],
  failedPerSecond: number | null,
  reasons: string[],
): ServiceSignals => ({
  requestsPerSecond: 100,
  failedPerSecond,
  errorRatio: null,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
  health,
  reasons,
  versions: {},
});

test('what loses most calls stands first, then what fails without losing any; the rest is not named', () => {
  const lines = needsAttention(
    new Map([
      ['healthy', signals('healthy', 0, [])],
      ['restarting', signals('degraded', 0, ['2 restarts within the last hour'])],
      ['payment', signals('failing', 8.7, ['4.1 % of calls fail, 8.7 a second'])],
      ['empty', signals('failing', null, ['0 of 3 ready'])],
      ['bank', signals('failing', 16.2, ['21 % of calls fail, 16 a second'])],
      ['unknown', signals('unknown', null, ['no calls seen in the last 60 s'])],
    ]),
  );
  expect(lines.map(({ serviceId, text }) => [serviceId, text])).toEqual([
    ['bank', '16 failed/s'],
    ['payment', '8.7 failed/s'],
    ['empty', '0 of 3 ready'],
    ['restarting', '2 restarts within the last hour'],
  ]);
});

import { expect, test } from 'vitest';
import { lookingFor, never, now, openScripted, vector } from '../../../test/faults/signalsHarness.ts';

const ends = (client: string) => ({ client, server: 'pay' });

test('a counter of failures that is broken is not taken for none, and one that never moved is', async () => {
  await using session = await openScripted((query) => {
    if (query.startsWith(lookingFor)) return vector([[{ found: 'service-graph' }, 1]]);
    if (query.startsWith('max(timestamp')) return vector([[{}, now / 1000 - 2]]);
    if (query.includes('traces_service_graph_request_total'))
      return vector([
        [ends('broken'), 5],
        [ends('calm'), 5],
        [ends('failing'), 5],
      ]);
    // As Prometheus compares: NaN is above nothing, and differs from everything.
    if (query.includes('request_failed_total'))
      return vector([
        ...(query.includes('> 0') ? [] : [[ends('broken'), 'NaN'] as const]),
        [ends('failing'), 1],
      ]);
    return null;
  });
  const read = await session.signals.read(60, never);
  const rates = read.calls.map(({ source, failed, perSecond }) => [
    source.workload ?? source.service,
    failed,
    perSecond,
  ]);
  expect(rates).toEqual([
    ['calm', false, 5],
    ['failing', false, 4],
    ['failing', true, 1],
  ]);
  expect(read.problems).toEqual([
    expect.stringMatching(/one counter of failed calls read NaN, so the calls that it counts are not shown/),
  ]);
});

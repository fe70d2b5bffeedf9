import { expect, test } from 'vitest';
import { createFakeClock } from '../../test/support/memoryPorts.ts';
import { createRequestMeter } from './requestMeter.ts';

test('requests are counted by kind over the last minute and the last hour, and forgotten after it', async () => {
  const clock = createFakeClock();
  const meter = createRequestMeter(clock);
  meter.count('list');
  meter.count('list');
  await clock.advance(59_000);
  meter.count('proxied');
  expect(meter.usage().kinds).toEqual([
    { kind: 'list', lastMinute: 2, lastHour: 2 },
    { kind: 'proxied', lastMinute: 1, lastHour: 1 },
  ]);
  await clock.advance(30_000);
  expect(meter.usage().kinds).toEqual([
    { kind: 'list', lastMinute: 0, lastHour: 2 },
    { kind: 'proxied', lastMinute: 1, lastHour: 1 },
  ]);
  await clock.advance(3_600_000);
  expect(meter.usage().kinds).toEqual([]);
});

test('streams are told with since when they are open, until they end', async () => {
  const clock = createFakeClock();
  const meter = createRequestMeter(clock);
  const endPods = meter.opened('pods in all namespaces');
  const at = clock.now();
  await clock.advance(5_000);
  meter.opened('services in shop');
  expect(meter.usage().streams).toEqual([
    { what: 'pods in all namespaces', openedAt: at },
    { what: 'services in shop', openedAt: at + 5_000 },
  ]);
  endPods();
  expect(meter.usage().streams.map(({ what }) => what)).toEqual(['services in shop']);
});

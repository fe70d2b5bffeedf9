import { expect, test } from 'vitest';
import {
  lookingFor,
  matrix,
  never,
  now,
  openScripted,
  requestLabels,
  vector,
} from '../../../test/faults/signalsHarness.ts';

const host = 'payment.shop.svc.cluster.local';
const since = now - 20_000;
const counted = (perTenSeconds: number) =>
  Array.from({ length: 5 }, (_, step) => [now - 50_000 + step * 10_000, step * perTenSeconds] as const);

/** What an ambient mesh counts: waypoints for callers without a proxy, a gateway's own proxy, nodes connections alone. */
const openAmbient = (series: readonly (readonly [Record<string, string>, number])[]) =>
  openScripted((query, { path }) => {
    if (query.startsWith(lookingFor)) return vector([[{ found: 'istio' }, 1]]);
    if (query.startsWith('max(timestamp')) return vector([[{}, now / 1000 - 2]]);
    if (/^istio_requests_total\{.*\}\[\d+s\]$/.test(query))
      return matrix(series.map(([labels, each]) => [labels, counted(each)]));
    if (/^sum by .*istio_requests_total/.test(query) && !path.endsWith('range'))
      return vector(series.map(([labels, each]) => [labels, each / 10]));
    return null;
  });

const byWaypoint = (version: string, more: Record<string, string> = {}) =>
  requestLabels({ reporter: 'waypoint', destination_version: version, ...more });

test('calls that a waypoint reports are read, and asked for wherever calls of callers are', async () => {
  await using session = await openAmbient([
    [byWaypoint('v1'), 90],
    [byWaypoint('v2'), 10],
  ]);
  const read = await session.signals.read(60, never);
  expect(
    read.calls.map(({ reporter, source, destination, perSecond }) => [
      reporter,
      source.workload,
      destination.version,
      perSecond,
    ]),
  ).toEqual([
    ['waypoint', 'order', 'v1', 9],
    ['waypoint', 'order', 'v2', 1],
  ]);
  // Over everything callees say it all, but for those whose own side says nothing.
  const range = { from: now - 60_000, to: now, stepSeconds: 10, windowSeconds: 60, latency: false };
  await session.signals.series({ scope: {}, ...range }, never);
  const whole = session.asked.filter((query) => query.includes('destination_workload'));
  expect(whole.some((query) => /reporter=~"(source\|waypoint|waypoint\|source)"/.test(query))).toBe(true);
});

test('each caller is counted by its own side: a gateway by its proxy, the others by the waypoint', async () => {
  const gateway = { source_workload: 'edge' };
  await using session = await openAmbient([
    [byWaypoint('v1'), 90],
    [byWaypoint('v2'), 10],
    [requestLabels({ ...gateway, reporter: 'source', destination_version: 'v1' }), 30],
    // A gateway whose calls go through the waypoint too is counted once.
    [byWaypoint('v1', gateway), 30],
    // Nobody's proxy: what its callee says of it is under no route.
    [requestLabels({ source_workload: 'unknown', destination_version: 'v1' }), 500],
  ]);
  const { series } = await session.signals.counters({ hosts: [host], since }, never);
  expect(series.map(({ caller, version, samples }) => [caller, version, samples.at(-1)?.[1]]).sort()).toEqual(
    [
      ['shop/edge', 'v1', 120],
      ['shop/order', 'v1', 360],
      ['shop/order', 'v2', 40],
    ],
  );
});

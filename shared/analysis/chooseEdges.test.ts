import { expect, test } from 'vitest';
import type { CallRow } from '../model/observations.ts';
import type { Evidence } from '../model/signals.ts';
import { defaultSettings } from '../model/settings.ts';
import { foldSignals } from './foldSignals.ts';
import { foldTopology } from './foldTopology.ts';
import { callRow, endpoint, observation, shopTopology } from './signalRows.fixture.ts';

const topology = foldTopology(
  'c',
  [shopTopology({ order: ['v1'], payment: ['v1'], edge: ['v1'] })],
  Date.UTC(2026, 10, 22),
);
const nobody = { namespace: null, workload: null, service: null, version: null, instance: null };
const toPayment = 'c/shop/order→c/shop/payment';
const fromUnknown = 'c/unknown→c/shop/payment';

/** A reading of one kind; rows are calls to payment from `source`, reported by its caller unless said. */
const reading = (
  evidence: Evidence,
  calls: readonly Partial<CallRow>[],
  seesAllReceived?: true,
): ReturnType<typeof observation> => ({
  ...observation(calls.map((row) => callRow({ reporter: 'source', ...row }))),
  source: evidence,
  evidence,
  ...(seesAllReceived === undefined ? {} : { seesAllReceived }),
});
const fold = (...observations: readonly ReturnType<typeof observation>[]) =>
  foldSignals({ connectionId: 'c', topology, observations, health: defaultSettings.health, now: 0 });

test('the best evidence wins a call, whichever was read first, and the rest is named', () => {
  const folded = fold(
    reading('client', [{ perSecond: 7 }]),
    reading('mesh', [{ perSecond: 5 }]),
    reading('serviceGraph', [{ perSecond: 6 }]),
  );
  expect(folded.callSignals.get(toPayment)).toMatchObject({
    requestsPerSecond: 5,
    counted: { by: 'mesh', evidence: 'mesh', also: ['serviceGraph', 'client'] },
  });
  expect(folded.serviceSignals.get('c/shop/payment')?.requestsPerSecond).toBe(5);
});

test('where only one source reads, nobody has to be told whose figures they are', () => {
  expect(fold(reading('mesh', [{ perSecond: 5 }])).callSignals.get(toPayment)?.counted).toBeUndefined();
});

/** What payment's own program counted. */
const server = (perSecond: number) =>
  reading('server', [{ reporter: 'destination', source: nobody, perSecond }], true);

test('what a program serves beyond calls of known callers stays as calls of unknown ones', () => {
  const some = fold(reading('client', [{ perSecond: 6 }]), server(10));
  expect(some.callSignals.get(fromUnknown)?.requestsPerSecond).toBe(4);
  expect(some.serviceSignals.get('c/shop/payment')?.requestsPerSecond).toBe(10);
  const all = fold(reading('client', [{ perSecond: 9.5 }]), server(10));
  expect(all.callSignals.has(fromUnknown)).toBe(false);
  expect(all.extraServices).toEqual([]);
  const alone = fold(reading('client', []), server(10));
  expect(alone.callSignals.get(fromUnknown)?.requestsPerSecond).toBe(10);
});

test('a service graph of sampled traces yields to the callers’ own counters, and nobody is made up for the rest', () => {
  const legacy = endpoint('shop', 'edge-v1');
  const graph = reading('serviceGraph', [{ perSecond: 10 }, { source: legacy, perSecond: 2 }]);
  const folded = fold(graph, reading('client', [{ perSecond: 100 }]), server(102));
  expect(folded.callSignals.get(toPayment)).toMatchObject({
    requestsPerSecond: 100,
    counted: { by: 'client', evidence: 'client', also: ['serviceGraph'] },
  });
  expect(folded.callSignals.get('c/shop/edge→c/shop/payment')?.requestsPerSecond).toBe(2);
  expect(folded.callSignals.has(fromUnknown)).toBe(false);
});

test('a service graph that knows as much, or what went through a queue, stays', () => {
  const same = fold(reading('serviceGraph', [{ perSecond: 10 }]), reading('client', [{ perSecond: 10.5 }]));
  expect(same.callSignals.get(toPayment)?.counted?.by).toBe('serviceGraph');
  const queued = fold(
    reading('serviceGraph', [{ perSecond: 1, asynchronous: true }]),
    reading('client', [{ perSecond: 10 }]),
  );
  expect(queued.callSignals.get(toPayment)?.counted?.by).toBe('serviceGraph');
});

test('whoever counted most of a named call says how much of what arrived has a name', () => {
  const folded = fold(
    reading('mesh', [{ perSecond: 10 }]),
    reading('client', [{ perSecond: 100 }]),
    server(100),
  );
  expect(folded.callSignals.get(toPayment)?.requestsPerSecond).toBe(10);
  expect(folded.callSignals.has(fromUnknown)).toBe(false);
});

test('callers whom a graph itself leaves unnamed stay, however often others counted those it names', () => {
  const graph = reading('serviceGraph', [{ perSecond: 6 }, { source: nobody, perSecond: 2 }]);
  const folded = fold(graph, reading('client', [{ perSecond: 100 }]));
  expect(folded.callSignals.get(toPayment)?.requestsPerSecond).toBe(100);
  expect(folded.callSignals.get(fromUnknown)?.requestsPerSecond).toBe(2);
});

test('failures that known callers counted are not those of unknown ones', () => {
  const served = (responseCode: string, perSecond: number) => ({
    reporter: 'destination' as const,
    source: nobody,
    responseCode,
    perSecond,
  });
  const folded = fold(
    reading('client', [{ perSecond: 4 }, { perSecond: 2, responseCode: '500' }]),
    reading('server', [served('200', 7), served('500', 3)], true),
  );
  expect(folded.callSignals.get(fromUnknown)).toMatchObject({ requestsPerSecond: 4, failedPerSecond: 1 });
});

test('proxies at a service have counted everything it got, whoever else names callers', () => {
  const mesh = reading(
    'mesh',
    [
      { reporter: 'destination', perSecond: 5 },
      { reporter: 'destination', source: nobody, perSecond: 8 },
    ],
    true,
  );
  const ingress = reading('ingress', [{ source: endpoint('shop', 'edge-v1'), perSecond: 8 }]);
  const folded = fold(mesh, ingress, server(50));
  expect(folded.callSignals.get('c/shop/edge→c/shop/payment')?.requestsPerSecond).toBe(8);
  expect(folded.callSignals.has(fromUnknown)).toBe(false);
  expect(folded.serviceSignals.get('c/shop/payment')?.requestsPerSecond).toBe(13);
});

test('where proxies at a service name every caller, nobody is left over and nothing is added', () => {
  const mesh = reading('mesh', [{ reporter: 'destination', perSecond: 5 }], true);
  const graph = reading('serviceGraph', [{ source: endpoint('shop', 'edge-v1'), perSecond: 3 }]);
  const folded = fold(mesh, graph, server(50));
  expect([...folded.callSignals.keys()]).toEqual([toPayment, 'c/shop/edge→c/shop/payment']);
  expect(folded.serviceSignals.get('c/shop/payment')?.requestsPerSecond).toBe(5);
});

test('a program that traces name and no cluster shows is somebody, not an unknown caller', () => {
  const legacy = { ...nobody, workload: 'legacy', service: 'legacy' };
  const folded = fold(reading('serviceGraph', [{ source: legacy, host: 'payment', perSecond: 2 }]));
  expect(folded.calls).toMatchObject([{ callerId: 'c/external/legacy', calleeId: 'c/shop/payment' }]);
});

import { describe, expect, test } from 'vitest';
import type { CallRow, LatencyRow } from '../model/observations.ts';
import { defaultSettings } from '../model/settings.ts';
import { callId, externalId, serviceId, unknownId } from './entityIds.ts';
import { foldSignals } from './foldSignals.ts';
import { foldTopology } from './foldTopology.ts';
import { callRow, endpoint, observation, shopTopology } from './signalRows.fixture.ts';

const order = serviceId('c', 'shop', 'order');
const payment = serviceId('c', 'shop', 'payment');
const call = callId(order, payment);

function fold(
  calls: readonly CallRow[],
  latency: readonly LatencyRow[] = [],
  known = { order: ['v1'], payment: ['v1', 'v2'] },
) {
  return foldSignals({
    connectionId: 'c',
    topology: foldTopology('c', [shopTopology(known)], 0),
    observations: [observation(calls, latency)],
    health: defaultSettings.health,
    now: 0,
  });
}

describe('calls', () => {
  test('that two proxies report are counted once', () => {
    const { callSignals, calls } = fold([
      callRow({ reporter: 'source', perSecond: 50 }),
      callRow({ reporter: 'destination', perSecond: 50 }),
    ]);
    expect(callSignals.get(call)?.requestsPerSecond).toBe(50);
    expect(calls).toEqual([
      { id: call, callerId: order, calleeId: payment, protocols: ['http'], asynchronous: false },
    ]);
  });

  test('that a waypoint reports are requests, whatever the nodes at both ends say of the connections below', () => {
    const { callSignals, calls } = fold([
      callRow({ reporter: 'waypoint', perSecond: 45 }),
      callRow({ reporter: 'waypoint', responseCode: '503', perSecond: 5 }),
      callRow({ reporter: 'source', protocol: 'tcp', responseCode: null, perSecond: 2 }),
      callRow({ reporter: 'destination', protocol: 'tcp', responseCode: null, perSecond: 2 }),
    ]);
    expect(callSignals.get(call)).toMatchObject({
      requestsPerSecond: 50,
      failedPerSecond: 5,
      errorRatio: 0.1,
    });
    expect(calls.map(({ callerId, calleeId }) => [callerId, calleeId])).toEqual([[order, payment]]);
  });

  test('that never reached a workload are counted from the caller’s side, with what stopped them', () => {
    const nowhere = endpoint(null, null);
    const { callSignals, serviceSignals } = fold([
      callRow({ reporter: 'source', perSecond: 90 }),
      callRow({ perSecond: 90 }),
      callRow({
        reporter: 'source',
        destination: nowhere,
        responseCode: '503',
        flags: ['UH'],
        perSecond: 10,
      }),
    ]);
    expect(callSignals.get(call)).toMatchObject({
      requestsPerSecond: 100,
      failedPerSecond: 10,
      errorRatio: 0.1,
      flags: { UH: 0.1 },
      neverArrivedRatio: 0.1,
      health: 'failing',
    });
    expect(serviceSignals.get(payment)).toMatchObject({ requestsPerSecond: 100, health: 'failing' });
  });

  test('that are answered “forbidden” are counted once and are nobody’s failure', () => {
    const { callSignals } = fold([
      callRow({ reporter: 'source', perSecond: 62 }),
      callRow({ reporter: 'source', responseCode: '403', perSecond: 38 }),
      callRow({ perSecond: 62 }),
      callRow({ responseCode: '403', perSecond: 30 }),
      callRow({ responseCode: '200', grpcStatus: '7', perSecond: 8 }),
    ]);
    expect(callSignals.get(call)).toMatchObject({ errorRatio: 0, forbiddenRatio: 0.38 });
    expect(fold([callRow({ perSecond: 1 })]).callSignals.get(call)).toMatchObject({ forbiddenRatio: 0 });
  });

  test.each([
    ['connections', { protocol: 'tcp', responseCode: null }],
    ['failures', { responseCode: null, failed: false }],
  ] as const)('of which %s alone are counted may be answered “forbidden” for all that is known', (_, row) => {
    expect(fold([callRow({ perSecond: 1, ...row })]).callSignals.get(call)).toMatchObject({
      forbiddenRatio: null,
    });
  });

  test('of which a class of answers is counted may be “forbidden” where that class has it', () => {
    const ofClasses = (...rows: readonly (readonly [string | null, number])[]) =>
      fold(
        rows.map(([responseCode, perSecond]) => callRow({ reporter: 'source', responseCode, perSecond })),
      ).callSignals.get(call)?.forbiddenRatio;
    expect(ofClasses(['2xx', 10], ['4xx', 40], ['0', 50])).toBeNull();
    expect(ofClasses(['4xx', 40])).toBeNull();
    expect(ofClasses(['200', 10], [null, 40])).toBeNull();
    expect(ofClasses(['2xx', 10], ['5xx', 10], ['4xx', 0])).toBe(0);
    expect(ofClasses(['200', 40], ['403', 10], ['4xx', 50])).toBe(0.1);
  });

  test('that their caller gave up on are failures although the callee answered', () => {
    const { callSignals } = fold([
      callRow({ reporter: 'source', perSecond: 80 }),
      callRow({ reporter: 'source', responseCode: '504', flags: ['UT'], perSecond: 20 }),
      callRow({ perSecond: 80 }),
      callRow({ responseCode: '0', flags: ['DC'], perSecond: 20 }),
    ]);
    expect(callSignals.get(call)).toMatchObject({
      requestsPerSecond: 100,
      failedPerSecond: 20,
      flags: { UT: 0.2 },
    });
  });

  test('that fail on both sides fail once', () => {
    const failed = { responseCode: '500', perSecond: 5 };
    const { callSignals } = fold([
      callRow({ reporter: 'source', perSecond: 95 }),
      callRow({ perSecond: 95 }),
      callRow({ reporter: 'source', ...failed }),
      callRow(failed),
    ]);
    expect(callSignals.get(call)).toMatchObject({
      requestsPerSecond: 100,
      failedPerSecond: 5,
      errorRatio: 0.05,
    });
  });

  test('to the outside are seen by their caller alone, and have arrived as far as anyone knows', () => {
    const bank = { host: 'bank.example', destination: endpoint(null, null), reporter: 'source' as const };
    const { callSignals, extraServices } = fold([callRow({ ...bank, perSecond: 40 })]);
    const id = callId(order, externalId('c', 'bank.example'));
    expect(callSignals.get(id)).toMatchObject({
      requestsPerSecond: 40,
      neverArrivedRatio: null,
      health: 'healthy',
    });
    expect(extraServices).toMatchObject([{ kind: 'external', name: 'bank.example' }]);
  });

  test('from callers nobody names come from “unknown callers”, and passed through ones say so', () => {
    const { extraServices, calls } = fold([
      callRow({ source: endpoint(null, null), perSecond: 3 }),
      callRow({ reporter: 'source', host: 'PassthroughCluster', destination: endpoint(null, null) }),
    ]);
    expect(extraServices.map((one) => [one.kind, one.name])).toEqual([
      ['unknown', 'unknown callers'],
      ['external', 'outside the mesh, passed through'],
    ]);
    expect(calls.map((one) => one.callerId)).toContain(unknownId('c'));
  });

  test('that name no callee are told of, not dropped in silence', () => {
    const { calls, problems } = fold([
      callRow({ host: null, destination: endpoint(null, null), perSecond: 7 }),
    ]);
    expect(calls).toEqual([]);
    expect(problems).toEqual(['7.0 calls a second name no callee and are not on the map']);
  });

  test('of plain Envoy, which knows subsets only, are told apart by them', () => {
    const plain = (subset: string, perSecond: number): CallRow =>
      callRow({
        reporter: 'source',
        destination: endpoint(null, null),
        subset,
        perSecond,
        responseCode: '2xx',
      });
    const { serviceSignals, callSignals } = fold([plain('v1', 70), plain('v2', 30)]);
    expect(serviceSignals.get(payment)?.versions).toMatchObject({
      v1: { requestsPerSecond: 70 },
      v2: { requestsPerSecond: 30 },
    });
    expect(callSignals.get(call)?.neverArrivedRatio).toBeNull();
  });

  test('that are connections have no request rate, no failures and unknown health', () => {
    const { callSignals, serviceSignals } = fold([
      callRow({ protocol: 'tcp', responseCode: null, perSecond: 0 }),
    ]);
    expect(callSignals.get(call)).toMatchObject({ requestsPerSecond: null, health: 'unknown' });
    expect(serviceSignals.get(payment)?.reasons[0]).toMatch(/only connections are seen/);
  });
});

describe('figures', () => {
  const slow = (version: string, perSecond: readonly number[]): LatencyRow => ({
    ...callRow({ destination: endpoint('shop', `payment-${version}`, version) }),
    buckets: [100, 5000, Infinity].map((leMs, i) => ({ leMs, perSecond: perSecond[i] ?? 0 })),
  });

  test('of a service come by version, its quantiles from the merged buckets', () => {
    const v2 = endpoint('shop', 'payment-v2', 'v2');
    const { serviceSignals } = fold(
      [
        callRow({ perSecond: 148 }),
        callRow({ destination: v2, perSecond: 55.7 }),
        callRow({ destination: v2, responseCode: '503', perSecond: 8.3 }),
      ],
      [slow('v1', [148, 148, 148]), slow('v2', [50, 64, 64])],
    );
    const signals = serviceSignals.get(payment);
    expect(signals).toMatchObject({
      requestsPerSecond: 212,
      failedPerSecond: 8.3,
      errorRatio: 0.039,
      health: 'failing',
    });
    expect(signals?.reasons).toEqual(['3.9 % of calls fail, 8.3 a second']);
    expect(signals?.versions).toMatchObject({
      v1: { errorRatio: 0, p99Ms: 99 },
      v2: { errorRatio: 0.13, p99Ms: 4800 },
    });
    expect(signals?.p99Ms).toBe(4300);
  });

  test('that nobody reports are unknown, not zero', () => {
    const { serviceSignals } = fold([]);
    expect(serviceSignals.get(payment)).toMatchObject({
      requestsPerSecond: null,
      errorRatio: null,
      health: 'unknown',
      reasons: ['no calls seen in the last 60 s'],
    });
  });

  test('that differ by less than is drawn come out the same', () => {
    const one = fold([callRow({ perSecond: 211.7 })]).callSignals.get(call);
    expect(fold([callRow({ perSecond: 212.3 })]).callSignals.get(call)).toEqual(one);
  });

  test('of versions and flags named like parts of an object stay what they are', () => {
    const odd = endpoint('shop', 'payment-v1', '__proto__');
    const { serviceSignals, callSignals } = fold([
      callRow({ destination: odd, perSecond: 5 }),
      callRow({ destination: endpoint('shop', 'payment-v1', 'constructor'), perSecond: 5 }),
    ]);
    expect(Object.keys(serviceSignals.get(payment)?.versions ?? {})).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['requestsPerSecond']).toBeUndefined();
    expect(callSignals.get(call)?.requestsPerSecond).toBe(10);
  });
});

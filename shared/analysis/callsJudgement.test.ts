import { expect, test } from 'vitest';
import type { Diversion, Refusals, Served } from '../model/change.ts';
import type { CountersObservation } from '../model/observations.ts';
import { type CallsJudgement, judgeCalls } from './callsJudgement.ts';

type Series = CountersObservation['series'][number];

const host = 'payment.shop.svc.cluster.local';
const about = { host, namespace: 'shop', caller: null };
const refusals: Refusals = {
  ...about,
  kind: 'refusals',
  how: 'fault',
  status: 503,
  flags: ['FI'],
  otherStops: null,
};
const served: Served = { ...about, kind: 'served', how: 'fault', flags: ['FI'] };
const diversion: Diversion = {
  ...about,
  kind: 'diversion',
  to: { host: 'catalog.shop.svc.cluster.local', subset: null },
};

/** A counter that grows by `calls` after the moment that is judged from. */
const counter = (calls: number, said: Partial<Series>): Series => ({
  key: JSON.stringify(said),
  caller: 'shop/order-v1',
  callerNames: ['shop/order-v1', 'shop/order'],
  host,
  subset: null,
  version: null,
  failed: false,
  responseCode: null,
  flags: [],
  samples: [
    [1_000, 0],
    [3_000, 0],
    [5_000, calls],
  ],
  ...said,
});

/** Judged often enough for a sequential verdict, while calls go on as they went. */
function judge(expectation: Refusals | Served | Diversion, ...series: readonly Series[]): CallsJudgement {
  let previous: CallsJudgement | null = null;
  for (let look = 1; look <= 20; look += 1) {
    const now = 5_000 + look * 3_000;
    const grown = series.map((one) => ({
      ...one,
      samples: [...one.samples, [now, (one.samples.at(-1)?.[1] ?? 0) * (look + 1)] as const],
    }));
    previous = judgeCalls({ expectation, series: grown, since: 2_000, now, previous });
  }
  if (previous === null) throw new Error('nothing was judged');
  return previous;
}

const injected = { responseCode: '503', failed: true, flags: ['FI'] };
const own503 = { responseCode: '503', failed: true, version: 'v1' };

test('refusals are told by the flag of an injected fault, and the service’s own 503 is none of them', () => {
  expect(judge(refusals, counter(200, injected)).state).toBe('seen');
  expect(judge(refusals, counter(200, own503)).state).toBe('contradicted');
});

test('proxies that count their faults without the host are believed where nothing else injects any', () => {
  const faults = counter(200, { host: '', stoppedBy: 'fault' });
  const through = counter(200, { responseCode: '2xx', subset: 'v1' });
  expect(judge(refusals, faults)).toMatchObject({
    state: 'seen',
    detail: expect.stringMatching(/100.0 % of/) as unknown,
  });
  expect(judge(refusals, faults, through).state).toBe('contradicted');
  const shared = { ...refusals, otherStops: 'VirtualService shop/inventory injects faults too' };
  expect(judge(shared, faults)).toMatchObject({
    state: 'waiting',
    detail: expect.stringMatching(/do not say for which host, and VirtualService shop\/inventory/) as unknown,
  });
});

test('calls are served again once they reach the service, and faults of unknown hosts do not speak against it', () => {
  const through = counter(200, { responseCode: '200', version: 'v1' });
  expect(judge(served, through).state).toBe('seen');
  expect(judge(served, counter(200, injected)).state).toBe('contradicted');
  const faults = counter(50, { host: '', stoppedBy: 'fault' });
  expect(judge(served, faults)).toMatchObject({
    state: 'waiting',
    detail: expect.stringMatching(/no calls counted yet.* were answered by the callers’ proxies/) as unknown,
  });
});

test('a denial is a 403, told by its class where only classes are counted; ended, a 403 speaks against it', () => {
  const denied: Refusals = { ...about, kind: 'refusals', how: 'policy', status: 403, flags: [] };
  expect(judge(denied, counter(100, { responseCode: '403', version: 'v1' })).state).toBe('seen');
  expect(judge(denied, counter(100, { responseCode: '4xx', subset: 'v1' })).state).toBe('seen');
  expect(judge(denied, counter(100, { responseCode: '2xx', subset: 'v1' })).state).toBe('contradicted');
  expect(judge({ ...served, how: 'policy', flags: [] }, counter(100, { responseCode: '403' })).state).toBe(
    'contradicted',
  );
});

test('what the callee’s own proxies denied and let through tells more than a class at its callers', () => {
  const denied: Refusals = {
    ...about,
    kind: 'refusals',
    how: 'policy',
    status: 403,
    flags: [],
    proxies: ['shop/payment', 'shop/payment-1'],
  };
  const at = (names: readonly string[], isDenied: boolean, calls = 200) =>
    counter(calls, { host: '', caller: null, callerNames: [], atCallee: { names, denied: isDenied } });
  const own = ['shop/payment', 'shop/payment-2'];
  expect(judge(denied, at(own, true))).toMatchObject({
    state: 'seen',
    detail: expect.stringMatching(/^100.0 %.*counted by its own proxies$/) as unknown,
  });
  expect(judge(denied, at(own, true), at(own, false)).state).toBe('contradicted');
  // Callers see a class, which their own mistakes have too.
  expect(judge(denied, at(own, false), counter(200, { responseCode: '4xx' })).state).toBe('contradicted');
  expect(judge(denied, at(['shop/order'], true))).toMatchObject({
    state: 'waiting',
    detail: expect.stringMatching(/only where they export it/) as unknown,
  });
  const again: Served = { ...served, how: 'policy', flags: [], proxies: ['shop/payment'] };
  expect(judge(again, at(own, false)).state).toBe('seen');
  expect(judge(again, at(own, true)).state).toBe('contradicted');
  // Of one caller they tell nothing.
  const one = { ...denied, caller: { namespace: 'shop', name: 'order' } };
  expect(judge(one, at(own, true)).state).toBe('waiting');
});

test('a fixed answer is one that no version gave', () => {
  const answer: Refusals = {
    ...about,
    kind: 'refusals',
    how: 'answer',
    status: 200,
    flags: [],
    otherStops: null,
  };
  expect(judge(answer, counter(100, { responseCode: '200' })).state).toBe('seen');
  expect(judge(answer, counter(100, { responseCode: '200', version: 'v1' })).state).toBe('contradicted');
  expect(judge(answer, counter(100, { host: '', stoppedBy: 'answer' })).state).toBe('seen');
});

test('a caller is known by its workload’s name and by its service’s', () => {
  const one = { ...refusals, caller: { namespace: 'shop', name: 'order' } };
  const other = counter(200, {
    responseCode: '200',
    version: 'v1',
    callerNames: ['shop/edge'],
    caller: 'shop/edge',
  });
  expect(judge(one, counter(200, injected), other).state).toBe('seen');
  expect(judge(refusals, counter(200, injected), other).state).toBe('contradicted');
});

test('a diversion is seen where calls reach the other service and none the first', () => {
  const away = counter(200, { host: 'catalog.shop.svc.cluster.local', responseCode: '200' });
  const here = counter(200, { responseCode: '200', version: 'v1' });
  expect(judge(diversion, away).state).toBe('seen');
  expect(judge(diversion, away, here).state).toBe('contradicted');
});

test('a limit that lets none through is told by the 503 that proxies count without flags, and its end by none of them', () => {
  const overflow = counter(200, { responseCode: '503', failed: true, subset: 'v1' });
  const answered = counter(200, { responseCode: '200', subset: 'v1' });
  const limited: Refusals = { ...about, kind: 'refusals', how: 'limit', status: 503, flags: ['UO'] };
  expect(judge(limited, overflow).state).toBe('seen');
  expect(judge(limited, answered).state).toBe('contradicted');
  const lifted: Served = { ...about, kind: 'served', how: 'limit', flags: ['UO'] };
  expect(judge(lifted, answered).state).toBe('seen');
  // A reset that Consul took and no proxy heard of.
  expect(judge(lifted, overflow).state).toBe('contradicted');
});

test('a service that answers 503 itself after a limit ended is served, and its 503 are no refusals while one holds', () => {
  const ended: Served = { ...about, kind: 'served', how: 'limit', flags: ['UO'] };
  const limit: Refusals = { ...about, kind: 'refusals', how: 'limit', status: 503, flags: ['UO'] };
  const answered = counter(100, { responseCode: '503', failed: true });
  const overflow = (calls: number) =>
    counter(calls, { responseCode: '503', failed: true, flags: ['UO'], stoppedBy: 'limit' });
  expect(judge(ended, answered, overflow(0)).state).toBe('seen');
  expect(judge(ended, answered, overflow(100)).state).toBe('contradicted');
  expect(judge(limit, answered, overflow(100)).state).toBe('seen');
  expect(judge(limit, answered, overflow(0)).state).toBe('contradicted');
  // Without such counters a 503 may be the limit's own.
  expect(judge(ended, answered).state).toBe('contradicted');
  expect(judge(limit, answered).state).toBe('seen');
});

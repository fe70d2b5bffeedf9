import { expect, test } from 'vitest';
import type { GreyRoute } from '../../../shared/model/routing.ts';
import type { Signals } from '../../../shared/model/signals.ts';
import type { MeasuredSplit } from '../../../shared/model/weights.ts';
import { wilson } from '../../../shared/analysis/shares.ts';
import { splitOf } from '../../../test/support/splits.ts';
import { trafficOf } from './greyTraffic.ts';

const split = splitOf([70, 30]);
const beta: GreyRoute = {
  id: 'beta',
  kind: 'route',
  connectionId: split.connectionId,
  document: split.document,
  revision: '7',
  splitId: split.id,
  name: 'podium-grey-beta',
  match: { headers: [{ name: 'x-user-group', value: 'beta', how: 'exact' }], cookie: null, caller: null },
  matchText: 'header x-user-group is beta',
  to: 'payment v2',
  destination: 1,
  percent: null,
  ours: true,
};
const refunds: GreyRoute = {
  ...beta,
  id: 'refunds',
  match: { headers: [], cookie: null, caller: { namespace: 'shop', name: 'refunds' } },
};
const mirror: GreyRoute = { ...beta, id: 'mirror', kind: 'mirror', match: null, percent: 100, ours: false };

function counted(counts: readonly number[], callers: MeasuredSplit['callers'] = []): MeasuredSplit {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count, index) => ({
    index,
    count,
    share: total === 0 ? null : count / total,
    ...wilson(count, total),
  }));
  return { splitId: split.id, since: 0, until: 60_000, total, shares, callers };
}

const rps = (requestsPerSecond: number): Signals => ({
  requestsPerSecond,
  failedPerSecond: null,
  errorRatio: null,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
});
const say = (route: GreyRoute, measured: MeasuredSplit | null, routes = [route], versions = {}) =>
  trafficOf({ route, routes, split, measured, versions });

test('the calls of a caller are counted by where they went', () => {
  const measured = counted([140, 90], [{ routeId: 'refunds', counts: [1, 59] }]);
  expect(say(refunds, measured)).toBe('59 of 60 calls of refunds went to v2.');
  expect(say(refunds, counted([7, 3], [{ routeId: 'refunds', counts: [0, 0] }]))).toMatch(
    /^No calls of refunds/,
  );
});

test('what carries a header is reckoned from what the version gets beyond its weight', () => {
  expect(say(beta, counted([6_440, 3_560]))).toBe(
    'Figures carry no headers, so its calls are counted with all others: v2 gets 36 % of 10,000 calls, and its weight is 30 %, so that about 8 % of all calls take it (95 %: 6.7 %–9.3 %).',
  );
});

test('what cannot be reckoned is said to be so', () => {
  expect(say(beta, counted([700, 300]))).toMatch(/too few calls take it to be seen yet\.$/);
  expect(say(beta, counted([6_440, 3_560]), [beta, refunds])).toMatch(/and its weight is 30 %\.$/);
  expect(say({ ...beta, destination: null }, counted([6_440, 3_560]))).toMatch(/with all others\.$/);
  expect(say(beta, counted([0, 0]))).toMatch(/^No calls were counted/);
  expect(say(beta, null)).toMatch(/^No calls were counted/);
});

test('copies are what a version gets beyond what callers sent it', () => {
  const versions = { v1: rps(140), v2: rps(200) };
  expect(say(mirror, counted([7_000, 3_000]), [mirror], versions)).toBe(
    'v2 gets 200 rps, of which callers sent 60: about 140 rps are copies.',
  );
  expect(say(mirror, counted([7_000, 3_000]), [mirror], { v2: rps(200) })).toMatch(
    /^v2 gets 200 rps\. Copies are/,
  );
  expect(say(mirror, counted([7_000, 3_000]))).toMatch(/^Copies are counted with/);
});

import { describe, expect, test } from 'vitest';
import { counterDifferences } from '../../shared/analysis/counterDifferences.ts';
import { judgeShares, type ShareEvidence, type ShareJudgement } from '../../shared/analysis/shares.ts';

const expected = [
  { share: 0.95, version: 'v1' },
  { share: 0.05, version: 'v2' },
];

/** As many looks, five seconds apart, as there are counts (each since the write). */
function judge(counts: readonly (readonly number[])[], more: Partial<ShareEvidence> = {}): ShareJudgement[] {
  const judged: ShareJudgement[] = [];
  counts.forEach((one, i) => {
    judged.push(
      judgeShares({ expected, counts: one, now: i * 5_000, previous: judged.at(-1) ?? null, ...more }),
    );
  });
  return judged;
}

describe('S03 measuring a split', () => {
  test('S03 twenty calls are too few for a verdict, however they fall', () => {
    for (const v2 of [0, 1, 10, 20]) {
      const [judged] = judge([[20 - v2, v2]]);
      expect(judged).toMatchObject({ state: 'waiting', total: 20 });
      expect(judged?.detail).toMatch(/of 20 calls .* at least 100 calls are needed/);
    }
  });

  test('S03 twenty thousand calls at the wanted share are seen', () => {
    const [judged] = judge([[19_010, 990]], { before: [0.7, 0.3] });
    expect(judged?.state).toBe('seen');
    expect(judged?.detail).toMatch(/^v2 had 5\.0 % of 20,000 calls .*\(95 %: 4\.7–5\.3\), wanted 5$/);
  });

  test('S03 twenty thousand calls a point beside it are not, and contradict once that stays so', () => {
    const looks = [1, 2, 3, 4].map((k) => [18_800 * k, 1_200 * k]);
    const judged = judge(looks, { before: [0.7, 0.3] });
    expect(judged.map((one) => one.state)).toEqual(['waiting', 'waiting', 'contradicted', 'contradicted']);
  });

  test('S03 without traffic nothing is seen and nothing contradicted', () => {
    const judged = judge([
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(new Set(judged.map((one) => one.state))).toEqual(new Set(['waiting']));
    expect(judged.at(-1)?.detail).toMatch(/without traffic nothing can be measured/);
  });

  test('S03 a counter that begins anew loses what is lost, and counts nothing twice or below zero', () => {
    const counter = (version: string, values: number[]) => ({
      key: version,
      caller: null,
      host: 'payment.shop.svc.cluster.local',
      subset: null,
      version,
      failed: false,
      responseCode: null,
      flags: [],
      samples: values.map((value, i) => [i * 10_000, value] as const),
    });
    const series = [counter('v1', [5_000, 5_100, 5_290, 5_480]), counter('v2', [800, 805, 3, 13])];
    const destinations = expected.map((one, index) => ({ index, host: 'payment', subset: null, ...one }));
    expect(counterDifferences(series, { destinations }, 5_000)).toEqual([380, 13]);
  });

  test.each([
    ['affinity', /kept where they were by session affinity/],
    ['retries', /retries stay with the version that failed/],
  ] as const)('S03 %s is explained instead of being called a contradiction', (skew, words) => {
    const looks = [1, 2, 3, 4].map((k) => [700 * k, 300 * k]);
    const judged = judge(looks, { skewedBy: [skew] });
    expect(judged.at(-1)?.state).toBe('waiting');
    expect(judged.at(-1)?.detail).toMatch(words);
  });
});

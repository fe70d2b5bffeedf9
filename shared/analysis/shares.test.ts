import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excludes, judgeShares, wilson, type ShareEvidence, type ShareJudgement } from './shares.ts';

const canary = (share: number): ShareEvidence['expected'] => [
  { share: 1 - share, version: 'v1' },
  { share, version: 'v2' },
];

/** Looks every five seconds at what has been counted so far. */
function looks(
  share: number,
  perLook: readonly (readonly [number, number])[],
  more: Partial<ShareEvidence> = {},
): ShareJudgement[] {
  const judged: ShareJudgement[] = [];
  let counts = [0, 0];
  perLook.forEach((added, i) => {
    counts = counts.map((count, k) => count + (added[k] ?? 0));
    const previous = judged.at(-1) ?? null;
    judged.push(judgeShares({ expected: canary(share), counts, now: i * 5_000, previous, ...more }));
  });
  return judged;
}

const states = (judged: readonly ShareJudgement[]): string[] => judged.map((one) => one.state);

describe('Wilson’s interval', () => {
  test('agrees with tables', () => {
    const { low, high } = wilson(260, 3816);
    expect(low).toBeCloseTo(0.0606, 3);
    expect(high).toBeCloseTo(0.0766, 3);
  });

  test('keeps a width at nothing and at all', () => {
    expect(wilson(0, 100)).toMatchObject({ low: 0 });
    expect(wilson(0, 100).high).toBeCloseTo(0.037, 3);
    expect(wilson(100, 100).low).toBeCloseTo(0.963, 3);
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });

  test('always holds the share itself', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (a, b) => {
        fc.pre(a + b > 0);
        const { low, high } = wilson(a, a + b);
        expect(low).toBeLessThanOrEqual(a / (a + b));
        expect(high).toBeGreaterThanOrEqual(a / (a + b));
      }),
    );
  });
});

describe('a judgement', () => {
  test('says what was seen, in figures', () => {
    const [judged] = looks(0.05, [[3556, 260]]);
    expect(judged?.state).toBe('waiting');
    expect(judged?.detail).toBe(
      'v2 had 6.8 % of 3,816 calls since it took effect (95 %: 6.1–7.7), wanted 5; not there yet',
    );
  });

  test('is refused below a hundred calls', () => {
    const [judged] = looks(0.05, [[94, 5]]);
    expect(judged?.state).toBe('waiting');
    expect(judged?.detail).toMatch(/99 calls .* at least 100 calls are needed/);
  });

  test('is “seen” only once the old shares are ruled out, where they are known', () => {
    const before = [0.97, 0.03];
    expect(states(looks(0.05, [[190, 10]], { before }))).toEqual(['waiting']);
    expect(states(looks(0.05, [[9500, 500]], { before }))).toEqual(['seen']);
    expect(states(looks(0.05, [[190, 10]], { before: [0.7, 0.3] }))).toEqual(['seen']);
  });

  test('forgives the calls of the first seconds, when proxies had not followed yet', () => {
    const judged = looks(0.05, [
      [700, 300],
      [950, 50],
      [950, 50],
      [950, 50],
      [950, 50],
      [950, 50],
    ]);
    expect(states(judged)).not.toContain('contradicted');
    expect(judged.at(-1)?.state).toBe('seen');
    expect(judged.at(-1)?.detail).toMatch(/since proxies had followed/);
  });

  test('contradicts only what stays so', () => {
    const wrong = [700, 300] as const;
    expect(states(looks(0.05, [wrong, wrong]))).toEqual(['waiting', 'waiting']);
    expect(states(looks(0.05, [wrong, wrong, wrong, wrong])).at(-1)).toBe('contradicted');
  });

  test('contradicts neither by two looks far apart nor by many in a moment', () => {
    const against = (times: readonly number[]): string | undefined => {
      let previous: ShareJudgement | null = null;
      times.forEach((now, i) => {
        const counts = [700 * (i + 1), 300 * (i + 1)];
        previous = judgeShares({ expected: canary(0.05), counts, now, previous });
      });
      return (previous as ShareJudgement | null)?.state;
    };
    expect(against([0, 60_000])).toBe('waiting');
    expect(against([0, 1_000, 2_000, 3_000])).toBe('waiting');
    expect(against([0, 30_000, 60_000])).toBe('contradicted');
  });

  test.each([
    ['nothing', 0, [1000, 0], [930, 70]],
    ['all', 1, [0, 1000], [70, 930]],
  ] as const)('of %s is seen and contradicted like any other', (_, share, right, wrong) => {
    expect(states(looks(share, [right]))).toEqual(['seen']);
    expect(states(looks(share, [wrong, wrong, wrong, wrong])).at(-1)).toBe('contradicted');
  });

  test('of nothing is not contradicted by one call that was in flight', () => {
    expect(states(looks(0, [[3000, 1]]))).toEqual(['seen']);
  });

  test('is wrong less often than promised although it is looked at again and again', () => {
    // A fixed sequence of pseudo-random numbers, so that the test is the same every time.
    let seed = 42;
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    let excluded = 0;
    for (let run = 0; run < 200; run += 1) {
      let [count, total, ever] = [0, 0, false];
      for (let look = 0; look < 60; look += 1) {
        for (let i = 0; i < 50; i += 1) if (random() < 0.05) count += 1;
        total += 50;
        ever ||= excludes(count, total, 0.05);
      }
      if (ever) excluded += 1;
    }
    expect(excluded).toBeLessThanOrEqual(200 * 0.05);
  });
});

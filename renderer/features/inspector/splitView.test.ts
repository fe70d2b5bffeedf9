import { describe, expect, test } from 'vitest';
import type { MeasuredSplit, Split } from '../../../shared/model/weights.ts';
import { splitOf as splitWith } from '../../../test/support/splits.ts';
import { busiestFirst, canBeDragged, governed, measuredShares, toneOf, countingWords } from './splitView.ts';

const splitOf = (id: string, rest: Partial<Split> = {}) => splitWith([50, 50], { id, ...rest });

const counted = (splitId: string, total: number): MeasuredSplit => ({
  splitId,
  since: 0,
  until: 1,
  total,
  shares: [{ index: 1, count: total, share: 1, low: null, high: null }],
  callers: [],
});

const counting = { isRead: true, problem: null, sources: 1 };

describe('splits in the inspector', () => {
  test('the busiest route comes first, those without counts keep their order at the end', () => {
    const splits = [splitOf('a'), splitOf('b'), splitOf('c')];
    const ordered = busiestFirst(splits, [counted('c', 900), counted('b', 0)]);
    expect(ordered.map((split) => split.id)).toEqual(['c', 'b', 'a']);
  });

  test('shares are found by the destination’s index; a count of nothing is no measurement', () => {
    expect(measuredShares(splitOf('a'), counted('a', 10))).toEqual([null, 1]);
    expect(measuredShares(splitOf('a'), counted('a', 0))).toBeNull();
    expect(measuredShares(splitOf('a'), null)).toBeNull();
  });

  test('a split that a rollout controller decides, or with one destination, has no handles', () => {
    const ownership = { owner: 'flagger', name: 'payment', consequence: '', decidesWeights: true } as const;
    expect(canBeDragged(splitOf('a'))).toBe(true);
    expect(canBeDragged(splitOf('a', { ownership }))).toBe(false);
    expect(canBeDragged(splitOf('a', { readOnly: 'delegated' }))).toBe(false);
    expect(canBeDragged(splitOf('a', { destinations: splitOf('a').destinations.slice(0, 1) }))).toBe(false);
  });

  test('a version has one colour wherever it is drawn', () => {
    const versions = [{ version: 'v3' }, { version: 'v2' }, { version: 'v1' }];
    expect(['v1', 'v2', 'v3'].map((version) => toneOf(version, splitOf('a'), versions))).toEqual([0, 1, 2]);
    expect(toneOf('all', null, [])).toBe(0);
  });

  test('it says which proxies a route governs', () => {
    expect(governed(['mesh', 'shop/edge'])).toBe('for sidecars and gateway shop/edge');
    expect(governed(['shop/edge'])).toBe('for gateway shop/edge');
  });

  test('what was not counted is said with the time it was counted for, which begins anew with each change', () => {
    expect(countingWords(counted('a', 900), counting)).toBeNull();
    expect(countingWords({ ...counted('a', 0), until: 7_000 }, counting)).toBe(
      'No calls by this route were counted in the last 7 s.',
    );
    expect(countingWords({ ...counted('a', 0), until: 120_000 }, counting)).toBe(
      'No calls by this route were counted in the last 2 min.',
    );
  });

  test('a count that came before the stream fell is told with its time, and why there is no newer one', () => {
    const fallen = { ...counting, problem: 'The console does not answer.' };
    const until = new Date(2026, 10, 23, 6, 12, 31).getTime();
    const none = { ...counted('a', 0), since: until - 120_000, until };
    expect(countingWords(none, fallen)).toBe(
      'No calls by this route were counted in the 2 min until 06:12:31. They are not counted any more: The console does not answer.',
    );
    expect(countingWords({ ...none, total: 900 }, fallen)).toBe(
      'Calls are not counted any more since 06:12:31: The console does not answer.',
    );
    expect(countingWords(null, fallen)).toContain('could not be counted: The console does not answer.');
  });

  test('a split without a count is told with its cause, as far as it is known', () => {
    expect(countingWords(null, { ...counting, isRead: false })).toContain('not counted yet');
    expect(countingWords(null, { ...counting, sources: null })).toContain('not counted yet');
    expect(countingWords(null, { ...counting, sources: 0 })).toContain('no source of figures was found');
    expect(countingWords(null, counting)).toContain('The last reading did not count');
  });
});

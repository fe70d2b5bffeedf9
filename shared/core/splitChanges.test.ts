import { expect, test } from 'vitest';
import { splitOf } from '../../test/support/splits.ts';
import { createSplitChanges } from './splitChanges.ts';

const dayMs = 86_400_000;
const changed = (who: string, at: number | null, weights = [90, 10]) =>
  splitOf(weights, { changedBy: { who, at } });

test('the same change is taken down once, whatever else is said of the split, and in whatever order', () => {
  const changes = createSplitChanges();
  const first = changed('ana', 1);
  const second = changed('ben', 2, [80, 20]);
  for (const [before, after] of [
    [[], [first]],
    [[first], [second]],
    [[second], [first]],
    [[first], [second]],
  ] as const)
    changes.note(before, after, 10);
  expect(changes.all()).toEqual([
    { split: first, movedWeights: null },
    { split: second, movedWeights: true },
  ]);
});

test('a document that does not say when it was changed tells of no change', () => {
  const changes = createSplitChanges();
  changes.note([], [splitOf([90, 10]), changed('ana', null)], 10);
  expect(changes.all()).toEqual([]);
});

test('of a split that is changed without end the latest are kept, and none longer than a chart reaches back', () => {
  const changes = createSplitChanges();
  for (let at = 1; at <= 500; at += 1) changes.note([], [changed('controller', at)], 500);
  const kept = changes.all().map(({ split }) => split.changedBy?.at);
  expect(kept).toHaveLength(50);
  expect(kept.at(-1)).toBe(500);

  changes.note([], [], 500 + dayMs);
  expect(changes.all()).toHaveLength(1);
  changes.note([], [], 501 + dayMs);
  expect(changes.all()).toEqual([]);
});

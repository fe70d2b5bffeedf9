import { expect, test } from 'vitest';
import type { ChangeSet, SetItem } from '../../../../shared/model/watch.ts';
import { hasToUndo, outcomeOf } from './setWords.ts';

const setOf = (states: readonly SetItem['state'][], rest: Partial<ChangeSet> = {}): ChangeSet => ({
  id: 's1',
  items: states.map((state) => ({ title: 'Shift payment', state, operationId: null, error: null })),
  cutOff: false,
  undoOf: null,
  finishedAt: 1,
  ...rest,
});

test.each([
  [setOf(['written', 'written']), 'All 2 changes were written.', true],
  [setOf(['written']), 'It was written.', true],
  [setOf(['written', 'stopped']), '1 of 2 changes was written; the rest was not tried.', true],
  [setOf(['writing', 'waiting'], { finishedAt: null }), '', false],
  [
    setOf(['written', 'neverBegun'], { cutOff: true }),
    'Podium ended in the middle of it: 1 of 2 changes was written, 1 was never begun.',
    true,
  ],
  [
    setOf(['unknown', 'neverBegun', 'neverBegun'], { cutOff: true, finishedAt: null }),
    'Podium ended in the middle of it: 0 of 3 changes were written, of 1 that is not known yet (its connection has to be open), 2 were never begun.',
    false,
  ],
])('what became of a set is told in words', (set, words, undo) => {
  expect(outcomeOf(set)).toBe(words);
  expect(hasToUndo(set)).toBe(undo);
});

import { expect, test } from 'vitest';
import { recordOf, rungOf } from '../../test/support/records.ts';
import { canUndo, isOver, toldRungs } from './recordEnd.ts';

const rungs = [rungOf('accepted', 'seen'), rungOf('declared', 'contradicted'), rungOf('loaded', 'waiting')];

test.each([
  ['notWritten', null],
  ['notWritten', 1],
  ['partly', 1],
  ['unknown', 1],
  ['written', 1],
] as const)('of an operation that is %s and ended at %s nothing is awaited any more', (state, finishedAt) => {
  const record = recordOf({ rungs, state, finishedAt });
  expect(isOver(record)).toBe(true);
  expect(toldRungs(record)).toEqual(rungs.slice(0, 2));
});

test.each(['writing', 'unknown', 'written'] as const)(
  'what is %s is awaited while it is followed',
  (state) => {
    const record = recordOf({ rungs, state });
    expect(isOver(record)).toBe(false);
    expect(toldRungs(record)).toEqual(rungs);
  },
);

test('an undo is offered of what was written, in part or perhaps, once, and where there is a way back', () => {
  expect(canUndo(recordOf())).toBe(true);
  expect(canUndo(recordOf({ state: 'partly', finishedAt: 1 }))).toBe(true);
  expect(canUndo(recordOf({ state: 'unknown', finishedAt: 1 }))).toBe(true);
  // Being found out still.
  expect(canUndo(recordOf({ state: 'unknown' }))).toBe(false);
  expect(canUndo(recordOf({ state: 'writing' }))).toBe(false);
  expect(canUndo(recordOf({ state: 'notWritten', finishedAt: 1 }))).toBe(false);
  expect(canUndo(recordOf({ undoneBy: 'o2' }))).toBe(false);
});

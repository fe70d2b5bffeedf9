import { expect, test } from 'vitest';
import { recordOf, rungOf } from '../../../test/support/records.ts';
import type { OperationRecord } from '../../model/record.ts';
import { outcomeOf } from './outcome.ts';

const said = (more: Partial<OperationRecord>): string | null => outcomeOf(recordOf(more))?.outcome ?? null;

const hold = (
  state: 'held' | 'returning' | 'ended' | 'changed' | 'stuck',
  endedBy: string | null = null,
  leftBy: string | null = null,
) => ({
  hold: { until: 9, untilMoment: null, state, note: '', endedBy, leftBy, attempts: 0 },
});

const unseen = [rungOf('accepted', 'seen'), rungOf('declared', 'seen'), rungOf('loaded', 'unobservable')];

test('nothing is said while it is written, and nobody calls done what is not proven', () => {
  expect(said({ state: 'writing' })).toBeNull();
  expect(said({ rungs: [rungOf('accepted', 'seen'), rungOf('loaded', 'waiting')] })).toBe('begun');
  expect(said({ rungs: [rungOf('loaded', 'seen')] })).toBe('done');
  expect(said({ rungs: [rungOf('loaded', 'seen'), rungOf('measured', 'contradicted')] })).toBe('failed');
});

test('what ended without its effect being seen is not proven, and says how far it was seen', () => {
  expect(outcomeOf(recordOf({ rungs: unseen, finishedAt: 7 }))).toEqual({
    outcome: 'unproven',
    why: 'written; its effect was not seen: no more than accepted and declared',
  });
  expect(outcomeOf(recordOf({ rungs: [rungOf('loaded', 'unobservable')], finishedAt: 7 }))?.why).toBe(
    'written; its effect was not seen: nothing was',
  );
  expect(said({ rungs: unseen, ...hold('ended'), finishedAt: 7 })).toBe('unproven');
});

test('nothing is told as taken back before that is proven', () => {
  const undo = { undoOf: 'o1' };
  expect(said({ ...undo, rungs: [rungOf('accepted', 'seen')] })).toBe('begun');
  expect(said({ ...undo, rungs: [rungOf('loaded', 'seen')] })).toBe('undone');
  expect(said({ ...undo, rungs: unseen, finishedAt: 7 })).toBe('unproven');
  expect(said({ ...undo, rungs: [rungOf('measured', 'contradicted')] })).toBe('failed');
});

test('a trip that was left in force is not told as over', () => {
  const proven = { rungs: [rungOf('loaded', 'seen')], finishedAt: 7 };
  expect(outcomeOf(recordOf({ ...proven, ...hold('ended', null, 'ben') }))).toEqual({
    outcome: 'left',
    why: 'left in force by ben',
  });
  expect(said({ ...proven, ...hold('ended', 'o2', 'ben') })).toBe('left');
  expect(said({ ...proven, ...hold('ended', null, 'ben'), undoneBy: 'o2' })).toBeNull();
});

test('what was not written, or only in part, failed; what nobody knows is not called failed', () => {
  expect(outcomeOf(recordOf({ state: 'notWritten', error: 'spec.secret: hunter2' }))).toEqual({
    outcome: 'failed',
    why: 'nothing was written',
  });
  expect(outcomeOf(recordOf({ state: 'partly', writtenChanges: 1 }))?.why).toBe(
    'only 1 of 0 documents were written',
  );
  expect(said({ state: 'unknown' })).toBeNull();
  expect(said({ state: 'unknown', finishedAt: 7 })).toBe('unknown');
});

test('a trip has begun while it is held, and its end is told by what ended it', () => {
  const proven = { rungs: [rungOf('loaded', 'seen')] };
  expect(said({ ...proven, ...hold('held') })).toBe('begun');
  expect(said({ ...proven, ...hold('ended', 'o2') })).toBeNull();
  expect(said({ ...proven, ...hold('ended') })).toBe('done');
  expect(said({ ...proven, ...hold('stuck') })).toBe('failed');
  expect(said({ ...proven, ...hold('changed') })).toBe('failed');
  expect(said({ ...proven, undoneBy: 'o2' })).toBeNull();
});

import { describe, expect, test } from 'vitest';
import type { OperationRecord } from '../../../shared/model/record.ts';
import { recordOf, rungOf as rung } from '../../../test/support/records.ts';
import { dayAndClock, effectOf, standingOf } from './journalWords.ts';

const record = (rest: Partial<OperationRecord>) => recordOf({ finishedAt: 1, ...rest });

describe('how the journal tells an operation', () => {
  test('only loaded and measured are told as good', () => {
    const accepted = [rung('accepted', 'seen'), rung('declared', 'seen'), rung('loaded', 'unobservable')];
    expect(standingOf(record({ rungs: accepted })).tone).toBe('neutral');
    expect(standingOf(record({ rungs: [...accepted, rung('measured', 'seen')] }))).toMatchObject({
      word: 'measured',
      tone: 'good',
    });
  });

  test('an unanswered write is told as not known, a refused one as not written', () => {
    expect(standingOf(record({ state: 'unknown' })).tone).toBe('pending');
    expect(standingOf(record({ state: 'notWritten' })).word).toBe('not written');
  });

  test('what was undone says so, whatever was measured before', () => {
    expect(standingOf(record({ rungs: [rung('measured', 'seen')], undoneBy: 'o2' })).word).toBe('undone');
  });

  test('the effect names what was not measured with a dash, never with zero', () => {
    const before = { errorRatio: 0.041, p99Ms: 4_900 };
    const effect = { readAt: 1, windowSeconds: 120, before, after: { errorRatio: 0, p99Ms: null } };
    expect(effectOf(effect)).toBe('after 2 min: failed 4.1 % → 0 %, p99 4.9 s → –');
  });

  test('a day other than today is named', () => {
    const at = new Date(2026, 2, 1, 14, 9, 31).getTime();
    expect(dayAndClock(at, at + 60_000)).toBe('14:09:31');
    expect(dayAndClock(at, at + 3 * 86_400_000)).toContain('2026');
  });
});

import { describe, expect, test } from 'vitest';
import type { OperationRecord } from '../../../shared/model/record.ts';
import { recordOf, rungOf as rung } from '../../../test/support/records.ts';
import { effectOf, holdOf, standingOf, watchOf } from './journalWords.ts';
import { formatDayAndClock } from '../../ui/format.ts';

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
    expect(standingOf(record({ state: 'unknown', finishedAt: null })).tone).toBe('pending');
    expect(standingOf(record({ state: 'unknown' }))).toMatchObject({
      word: 'not known whether it was written',
      tone: 'bad',
    });
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
    expect(formatDayAndClock(at, at + 60_000)).toBe('14:09:31');
    expect(formatDayAndClock(at, at + 3 * 86_400_000)).toContain('2026');
  });

  test('a trip says until when it was held and how it ended, and what could not be ended how often it was tried', () => {
    const until = new Date(2026, 2, 1, 14, 5).getTime();
    const hold = {
      until,
      untilMoment: null,
      state: 'ended' as const,
      note: 'Ended at its deadline.',
      endedBy: 'o2',
      leftBy: null,
      attempts: 1,
    };
    expect(holdOf(record({ hold }), until)).toBe('until 14:05:00 · over. Ended at its deadline');
    expect(
      holdOf(record({ hold: { ...hold, state: 'stuck', note: 'Forbidden.', attempts: 3 } }), until),
    ).toBe('until 14:05:00 · due, and could not be ended (tried 3 times). Forbidden');
    expect(holdOf(record({ hold: { ...hold, leftBy: 'ana', note: 'Left in force by ana.' } }), until)).toBe(
      'until 14:05:00 · not ended. Left in force by ana',
    );
    expect(holdOf(record({}), until)).toBeNull();
  });

  test('a watch says what it watched for and what came of it', () => {
    const endsAt = new Date(2026, 2, 1, 14, 5).getTime();
    const watch = {
      request: {
        forSeconds: 600,
        conditions: [{ kind: 'errors' as const, version: 'v2', aboveRatio: 0.02 }],
      },
      serviceId: null,
      startedAt: 0,
      endsAt,
      endsAtMoment: null,
      state: 'returned' as const,
      note: 'Errors of v2 were 4 %.',
      readings: [0.04],
      returnedBy: 'o2',
    };
    expect(watchOf(record({ watch }), endsAt)).toMatch(
      /^until 14:05:00 · went back\. Errors of v2 were 4 %\. back if .*2 %/,
    );
    expect(watchOf(record({}), endsAt)).toBeNull();
  });
});

import { describe, expect, test } from 'vitest';
import type { OperationRecord, Rung } from '../../../shared/model/record.ts';
import { recordOf, rungOf as rung } from '../../../test/support/records.ts';
import { outcomeOf } from './outcome.ts';

const recordWith = (rungs: readonly Rung[], rest: Partial<OperationRecord> = {}): OperationRecord =>
  recordOf({ rungs: [...rungs], ...rest });

describe('what an operation has come to', () => {
  const accepted = rung('accepted', 'seen');
  const declared = rung('declared', 'seen');

  test('accepted and declared alone are not good news', () => {
    const waiting = recordWith([
      accepted,
      declared,
      rung('loaded', 'unobservable'),
      rung('measured', 'waiting'),
    ]);
    expect(outcomeOf(waiting).tone).toBe('pending');
    const blind = recordWith([
      accepted,
      declared,
      rung('loaded', 'unobservable'),
      rung('measured', 'unobservable'),
    ]);
    expect(outcomeOf(blind)).toEqual({
      tone: 'neutral',
      text: 'Shift payment: declared. Its effect cannot be seen here.',
    });
  });

  test('it turns good when measured, or loaded where nothing measures', () => {
    const seen = rung('measured', 'seen', 'v2 had 5.1 %');
    expect(outcomeOf(recordWith([accepted, declared, rung('loaded', 'unobservable'), seen])).tone).toBe(
      'good',
    );
    const loaded = recordWith([accepted, declared, rung('loaded', 'seen'), rung('measured', 'unobservable')]);
    expect(outcomeOf(loaded).tone).toBe('good');
  });

  test('a contradiction outweighs what was seen before it', () => {
    const record = recordWith([
      accepted,
      declared,
      rung('loaded', 'seen'),
      rung('measured', 'contradicted', 'v2 had 30 %'),
    ]);
    expect(outcomeOf(record)).toEqual({
      tone: 'bad',
      text: 'Shift payment: measured contradicted, v2 had 30 %',
    });
  });

  test('M12 a route that its controller refuses is bad news although it was accepted and read back', () => {
    const refused = rung('loaded', 'contradicted', 'ResolvedRefs is False, BackendNotFound');
    const record = recordWith([accepted, declared, refused, rung('measured', 'unobservable')]);
    expect(outcomeOf(record)).toEqual({
      tone: 'bad',
      text: 'Shift payment: loaded contradicted, ResolvedRefs is False, BackendNotFound',
    });
  });

  test('a write without an answer is neither good nor bad', () => {
    expect(outcomeOf(recordWith([], { state: 'unknown' })).tone).toBe('pending');
  });

  test('what was refused says why', () => {
    const refused = recordWith([], { state: 'notWritten', error: 'Someone else changed it.' });
    expect(outcomeOf(refused)).toEqual({
      tone: 'bad',
      text: 'Shift payment: not written. Someone else changed it.',
    });
  });

  test('what was written in part is bad news, and not awaited', () => {
    const error = '1 of 2 documents were written; then: the webhook says no.';
    const rungs = [rung('accepted', 'waiting'), rung('loaded', 'waiting'), rung('measured', 'waiting')];
    expect(outcomeOf(recordWith(rungs, { state: 'partly', error, finishedAt: 1 }))).toEqual({
      tone: 'bad',
      text: `Shift payment: written in part. ${error}`,
    });
  });
});

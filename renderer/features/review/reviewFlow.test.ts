import { expect, test } from 'vitest';
import { applyFailureOf } from './reviewFlow.ts';

const coded = (code: string, message: string) => Object.assign(new Error(message), { code });

test('a refusal leaves the plan as it is, so that the operator can mend and press again', () => {
  expect(applyFailureOf(coded('LOCKED', 'read-only'))).toEqual({ kind: 'stillValid', text: 'read-only.' });
});

test('a plan that is gone, or overtaken by someone else, is made again', () => {
  expect(applyFailureOf(coded('GONE', 'too old')).kind).toBe('planAgain');
  expect(applyFailureOf(coded('CONFLICT', 'moved')).kind).toBe('planAgain');
});

test('an error without a code may hide a write, so nothing is sent again', () => {
  const failure = applyFailureOf(new Error('The console was lost before it answered.'));
  expect(failure.kind).toBe('unanswered');
  expect(failure.text).toContain('Whether it was applied is not known');
  expect(applyFailureOf(coded('INTERNAL_SERVER_ERROR', 'oops')).kind).toBe('unanswered');
});

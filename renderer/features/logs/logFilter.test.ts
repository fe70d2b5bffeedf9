import { expect, test } from 'vitest';
import { expressionProblem, hitsOf, noFilter, textMatcher } from './logFilter.ts';

test('words are found as they are drawn, whatever colours them', () => {
  const matches = textMatcher({ ...noFilter, text: 'time-out' });
  expect(matches('upstream \u001b[31mTime-\u001b[1mout\u001b[0m')).toBe(true);
  expect(matches('all is well')).toBe(false);
  expect(textMatcher({ ...noFilter, text: 'time-out', matchesCase: true })('Time-out')).toBe(false);
});

test('words are words, not an expression', () => {
  expect(textMatcher({ ...noFilter, text: 'a.c(' })('abc(')).toBe(false);
  expect(textMatcher({ ...noFilter, text: 'a.c(' })('xa.c(')).toBe(true);
});

test('an expression is tried on each line', () => {
  expect(
    hitsOf({ source: '^level=(warn|error)', flags: 'iu', texts: ['LEVEL=warn x', 'x level=warn'] }),
  ).toEqual([true, false]);
});

test('what is no expression says why', () => {
  expect(expressionProblem({ ...noFilter, text: '(', isExpression: true })).toMatch(/unterminated group/i);
  expect(expressionProblem({ ...noFilter, text: '(' })).toBeNull();
});

import { expect, test } from 'vitest';
import { refusedWords } from './refusedWords.ts';

test('how many calls are refused, that none is, and that nobody tells are three things', () => {
  expect(refusedWords(0.38, 'order')).toBe('38 % of calls from order are refused (403)');
  expect(refusedWords(0, 'order')).toMatch(/^None is answered 403/);
  expect(refusedWords(null, 'order')).toMatch(/^Whether any is answered 403 is not known/);
});

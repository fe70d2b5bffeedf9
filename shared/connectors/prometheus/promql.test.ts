import { expect, test } from 'vitest';
import { rate } from './promql.ts';

test('a window that is over is asked for as it was, and one of now without more words', () => {
  expect(rate('m{a="b"}', 60)).toBe('rate(m{a="b"}[60s])');
  expect(rate('m{a="b"}', 28_800, 90.2)).toBe('rate(m{a="b"}[28800s] offset 90s)');
});

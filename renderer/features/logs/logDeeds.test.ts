import { expect, test } from 'vitest';
import { logDeeds, type LogState } from './logDeeds.ts';

const state: LogState = { wraps: false, previous: false, hasMore: true, hasLines: true };
const titles = (part: Partial<LogState> = {}): readonly string[] =>
  logDeeds({ ...state, ...part }).map(({ title }) => title);

test('a narrow bar offers in its menu all that a wide one shows, and nothing that cannot be done', () => {
  expect(titles()).toEqual(['Wrap', 'Before the restart', 'More lines', 'Copy', 'Save…']);
  expect(titles({ wraps: true, previous: true, hasMore: false, hasLines: false })).toEqual([
    'Do not wrap',
    'Since the restart',
  ]);
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tellTimesIn } from '../../ui/format.ts';
import { outcomeWords, toldWords } from './webhookWords.ts';

beforeEach(() => {
  tellTimesIn('UTC');
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 18, 0) });
});
afterEach(() => {
  tellTimesIn('');
  vi.useRealTimers();
});

test('what went wrong is said of what was asked: only a test is called one', () => {
  const refused = { ok: false, said: 'The keyring is locked.' };
  expect(outcomeWords('test', refused)).toBe('✕ It did not take the test: The keyring is locked.');
  expect(outcomeWords('forget', refused)).toBe('✕ It may still be told: The keyring is locked.');
});

test('what waits is said before anything was told', () => {
  expect(toldWords({ last: null, waiting: 2 })).toBe('2 waiting');
  expect(toldWords({ last: null, waiting: 0 })).toBeNull();
});

test('what it was told another day has its day', () => {
  const last = { at: Date.UTC(2026, 10, 20, 14, 9), problem: null };
  expect(toldWords({ last, waiting: 1 })).toBe('Told at 20 Nov 2026, 14:09, 1 waiting');
  const today = { at: Date.UTC(2026, 10, 22, 14, 9), problem: '404 Not Found' };
  expect(toldWords({ last: today, waiting: 0 })).toBe('! 404 Not Found at 14:09');
});

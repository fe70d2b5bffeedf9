import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { coverLater } from './coverLater.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a secret that is shown is covered again after half a minute, once', () => {
  let covered = 0;
  coverLater(() => (covered += 1));
  vi.advanceTimersByTime(29_999);
  expect(covered).toBe(0);
  vi.advanceTimersByTime(60_001);
  expect(covered).toBe(1);
});

test('one that was covered by hand is left alone', () => {
  let covered = 0;
  const stop = coverLater(() => (covered += 1));
  stop();
  vi.advanceTimersByTime(60_000);
  expect(covered).toBe(0);
});

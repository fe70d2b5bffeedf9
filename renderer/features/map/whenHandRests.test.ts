import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { noteHover, whenHandRests } from './whenHandRests.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('where no pointer moves over a card nothing is waited for', () => {
  vi.advanceTimersByTime(5_000);
  const run = vi.fn<() => void>();
  whenHandRests(run);
  expect(run).toHaveBeenCalledOnce();
});

test('a pointer that goes on moving is waited for until it rests', () => {
  const run = vi.fn<() => void>();
  noteHover();
  whenHandRests(run);
  vi.advanceTimersByTime(600);
  noteHover();
  vi.advanceTimersByTime(600);
  expect(run).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(run).toHaveBeenCalledOnce();
});

test('what was called off never runs', () => {
  const run = vi.fn<() => void>();
  noteHover();
  whenHandRests(run)();
  vi.advanceTimersByTime(5_000);
  expect(run).not.toHaveBeenCalled();
});

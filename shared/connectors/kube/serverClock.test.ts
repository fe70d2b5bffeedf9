import { expect, test } from 'vitest';
import { aheadOf } from '../kit/aheadOf.ts';
import { createServerClock } from './serverClock.ts';

const date = 'Sun, 22 Nov 2026 08:00:00 GMT';
const at = Date.parse(date);

test('the peer’s time is what its newest answer named and what was counted since', () => {
  let counted = 500;
  const clock = createServerClock(() => counted);
  expect(clock.now()).toBeNull();
  clock.note({ date });
  counted += 90_000;
  expect(clock.now()).toBe(at + 90_000);
  clock.note({ date: 'Sun, 22 Nov 2026 08:01:00 GMT' });
  expect(clock.now()).toBe(at + 60_000);
});

test('an answer without a time, or with nonsense for one, says nothing', () => {
  const clock = createServerClock(() => 0);
  clock.note({});
  clock.note({ date: 'soon' });
  expect(clock.now()).toBeNull();
  clock.note({ date });
  clock.note({ date: 'soon' });
  expect(clock.now()).toBe(at);
});

test('clocks that agree but for seconds count as alike', () => {
  expect(aheadOf(null, at)).toBe(0);
  expect(aheadOf(at, at + 4_000)).toBe(0);
  expect(aheadOf(at, at + 3_600_000)).toBe(-3_600_000);
  expect(aheadOf(at, at - 60_000)).toBe(60_000);
});

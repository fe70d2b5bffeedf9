import { expect, test } from 'vitest';
import { createPulse, follow } from './pulse.ts';

test('a reader who has seen nothing is served at once', async () => {
  await expect(createPulse().after(0, undefined)).resolves.toBe(1);
});

test('a slow reader skips what it missed and gets the newest', async () => {
  const pulse = createPulse();
  let value = 0;
  const stop = new AbortController();
  const stream = follow(pulse, () => value, stop.signal);
  expect((await stream.next()).value).toBe(0);
  for (value = 1; value < 5; value += 1) pulse.bump();
  expect((await stream.next()).value).toBe(5);
  stop.abort();
  expect((await stream.next()).done).toBe(true);
});

test('waiting ends when the signal aborts', async () => {
  const pulse = createPulse();
  const stop = new AbortController();
  const waiting = pulse.after(pulse.count, stop.signal);
  stop.abort(new Error('closed'));
  await expect(waiting).rejects.toThrow('closed');
});

import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

test('no more than allowed run at once, and each that waits gets its turn', async () => {
  const gate = createGate(2);
  const signal = new AbortController().signal;
  let [running, most] = [0, 0];
  const finish: (() => void)[] = [];
  const tasks = Array.from({ length: 5 }, () =>
    gate(signal, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => finish.push(resolve));
      running -= 1;
    }),
  );
  for (let done = 0; done < 5; done += 1) {
    await expect.poll(() => finish.length).toBeGreaterThan(done);
    finish[done]?.();
  }
  await Promise.all(tasks);
  expect(most).toBe(2);
});

test('one that is aborted while waiting leaves the queue, and a failed one gives its place back', async () => {
  const gate = createGate(1);
  const never = new AbortController();
  const leaving = new AbortController();
  let release: (() => void) | null = null;
  const first = gate(never.signal, () => new Promise<void>((resolve) => (release = resolve)));
  const second = gate(leaving.signal, () => Promise.resolve('second'));
  const third = gate(never.signal, () => Promise.reject(new Error('failed')));
  leaving.abort(new Error('left'));
  await expect(second).rejects.toThrow('left');
  await expect.poll(() => release).not.toBeNull();
  (release as unknown as () => void)(); // Set by the poll above.
  await first;
  await expect(third).rejects.toThrow('failed');
  await expect(gate(never.signal, () => Promise.resolve('fourth'))).resolves.toBe('fourth');
});

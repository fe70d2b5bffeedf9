import { describe, expect, test } from 'vitest';
import { collectGarbage } from '../../../test/support/collectGarbage.ts';
import { anySignal } from './anySignal.ts';

const open = new AbortController();

describe('a signal of any, that nobody listens to while memory is tidied', () => {
  test('is aborted by its time-out', async () => {
    const limit = anySignal([open.signal, AbortSignal.timeout(50)]);
    await collectGarbage();
    await expect.poll(() => limit.aborted).toBe(true);
    expect(limit.reason).toMatchObject({ name: 'TimeoutError' });
  });

  test('tells one that is made of it', async () => {
    const inner = anySignal([open.signal, AbortSignal.timeout(50)]);
    const limit = anySignal([inner, AbortSignal.timeout(60_000)]);
    await collectGarbage();
    await expect.poll(() => limit.aborted).toBe(true);
    expect(limit.reason).toMatchObject({ name: 'TimeoutError' });
  });

  test('knows what was aborted and let go', async () => {
    const limit = abortedAndLetGo();
    await collectGarbage();
    expect(limit.aborted).toBe(true);
    expect(limit.reason).toBe('gone');
  });

  test('is collected itself once nobody has it', async () => {
    const kept = Array.from({ length: 20 }, () => new WeakRef(anySignal([open.signal])));
    await collectGarbage();
    await expect.poll(() => kept.filter((one) => one.deref() !== undefined).length).toBeLessThan(5);
  });
});

function abortedAndLetGo(): AbortSignal {
  const one = new AbortController();
  const limit = anySignal([open.signal, one.signal]);
  one.abort('gone');
  return limit;
}

import { expect, test } from 'vitest';
import { createFakeClock } from '../../../test/support/memoryPorts.ts';
import type { ConnectorHost } from './connector.ts';
import { createRounds } from './rounds.ts';

const everyMs = 5_000;

/** Rounds of a peer that does as it is told, with when each began, in ms after the first. */
function paper(answer: (signal: AbortSignal) => Promise<void> = () => Promise.resolve()) {
  const clock = createFakeClock();
  const firstAt = clock.now();
  const began: number[] = [];
  const wanted = { soonMs: null as number | null, asked: 0 };
  const host = { clock, random: { id: () => 'id', fraction: () => 0 } } as unknown as ConnectorHost; // What is used.
  const rounds = createRounds(host, {
    everyMs,
    tried: 'Reading the registry',
    round(signal) {
      began.push(clock.now() - firstAt);
      return answer(signal);
    },
    soonMs() {
      wanted.asked += 1;
      return wanted.soonMs;
    },
  });
  return { clock, began, rounds, wanted };
}

test('a round follows the one before at its turn, or as soon as somebody wants it', async () => {
  const { clock, began, rounds, wanted } = paper();
  await clock.advance(everyMs * 2);
  expect(began).toEqual([0, 5_000, 10_000]);
  wanted.soonMs = 500;
  await clock.advance(everyMs);
  wanted.soonMs = null;
  await clock.advance(1_000);
  expect(began).toEqual([0, 5_000, 10_000, 15_000, 15_500]);
  expect(wanted.asked).toBe(began.length);
  await rounds[Symbol.asyncDispose]();
});

test('a peer that fails is said, asked more and more seldom, and at its turn once it answers', async () => {
  let isDown = true;
  const { clock, began, rounds } = paper(() =>
    isDown ? Promise.reject(new Error('connection refused')) : Promise.resolve(),
  );
  await clock.advance(0);
  expect(rounds.health).toEqual({
    ok: false,
    at: clock.now(),
    error: 'Reading the registry: connection refused',
  });
  await clock.advance(60_000);
  // Backoff is 0.8, 1.6, 3.2, 6.4, 12.8, 25.6 s: no round is nearer than its turn.
  expect(began).toEqual([0, 5_000, 10_000, 15_000, 21_400, 34_200, 59_800]);
  isDown = false;
  await clock.advance(30_000);
  expect(began.at(-1)).toBe(89_800);
  expect(rounds.health).toMatchObject({ ok: true });
  await clock.advance(everyMs);
  expect(began.at(-1)).toBe(94_800);
  await rounds[Symbol.asyncDispose]();
});

test('woken, the next round begins at once, also after one that was under way', async () => {
  let finish = (): void => undefined;
  const { clock, began, rounds } = paper(() => new Promise((resolve) => (finish = resolve)));
  await clock.advance(1_000);
  rounds.wake();
  await clock.advance(1_000);
  expect(began).toEqual([0]);
  finish();
  await clock.advance(0);
  expect(began).toEqual([0, 2_000]);
  finish();
  await clock.advance(1_000);
  expect(began).toEqual([0, 2_000]);
  rounds.wake();
  await clock.advance(0);
  expect(began).toEqual([0, 2_000, 3_000]);
  finish();
  await rounds[Symbol.asyncDispose]();
});

test('who waits hears of each round, and that there will be no more', async () => {
  const { clock, rounds } = paper();
  await clock.advance(0);
  const never = new AbortController().signal;
  const heard = rounds.changed(never);
  await clock.advance(everyMs);
  await expect(heard).resolves.toBeUndefined();
  const inVain = rounds.changed(never);
  await rounds[Symbol.asyncDispose]();
  await expect(inVain).rejects.toThrow('the connection was closed');
});

test('closing in the middle of a round ends it, waits for it, and is no failure of the peer', async () => {
  let ended = false;
  const { clock, began, rounds } = paper(
    (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          ended = true;
          reject(signal.reason as Error);
        }),
      ),
  );
  await clock.advance(0);
  expect(ended).toBe(false);
  await rounds[Symbol.asyncDispose]();
  expect(ended).toBe(true);
  expect(rounds.health).toMatchObject({ ok: true });
  await clock.advance(everyMs * 3);
  expect(began).toEqual([0]);
});

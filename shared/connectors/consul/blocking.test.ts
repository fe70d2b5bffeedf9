import { describe, expect, test } from 'vitest';
import { PeerError } from '../kit/peerError.ts';
import type { SourceHealth } from '../kit/reading.ts';
import type { Answer } from './answers.ts';
import { followIndex } from './blocking.ts';

type Step = { readonly index: bigint | null; readonly leader?: boolean; readonly body?: string } | PeerError;

/** Plays answers one after the other; time moves only when somebody sleeps. */
async function play(steps: readonly Step[]) {
  const stop = new AbortController();
  let time = 0;
  const asked: { readonly index: bigint | null; readonly at: number }[] = [];
  const health: SourceHealth[] = [];
  const clock = {
    now: () => time,
    sleep: (ms: number) => {
      time += ms;
      return Promise.resolve();
    },
  };
  const read = ({ index }: { readonly index: bigint | null }): Promise<Answer> => {
    asked.push({ index, at: time });
    const step = steps[asked.length - 1];
    if (asked.length === steps.length) stop.abort();
    if (step === undefined || step instanceof PeerError)
      return Promise.reject(step ?? new PeerError('broken', 'the script is over'));
    const meta = { index: step.index, knownLeader: step.leader ?? true, filteredByAcls: false };
    return Promise.resolve({ body: step.body ?? '', meta });
  };
  const bodies: unknown[] = [];
  const following = followIndex(
    { tried: 'Reading', read },
    { clock, random: { id: () => '', fraction: () => 0 } },
    (one) => health.push(one),
    stop.signal,
  );
  for await (const { body } of following) bodies.push(body);
  return { asked, bodies, health };
}

describe('W10 a blocking query', () => {
  test('W10 waits with the index it was given, and tells only of what moved', async () => {
    const { asked, bodies } = await play([
      { index: 7n, body: 'a' },
      { index: 7n, body: 'a' },
      { index: 9n, body: 'b' },
    ]);
    expect(asked.map(({ index }) => index)).toEqual([null, 7n, 7n]);
    expect(bodies).toEqual(['a', 'b']);
  });

  test('W10 starts over when the index goes backwards, and never waits with 0', async () => {
    const { asked, bodies } = await play([
      { index: 90n, body: 'old' },
      { index: 3n, body: 'of another history' },
      { index: 3n, body: 'new' },
      { index: 0n, body: 'back once more' },
      { index: 0n, body: 'empty' },
      { index: 2n, body: 'filled' },
    ]);
    expect(asked.map(({ index }) => index)).toEqual([null, 90n, null, 3n, null, 1n]);
    expect(bodies).toEqual(['old', 'new', 'empty', 'filled']);
  });

  test('W10 that returns at once and unchanged is asked no more than once a second', async () => {
    const { asked } = await play(Array.from({ length: 20 }, () => ({ index: 5n })));
    expect(asked.at(-1)?.at).toBeGreaterThanOrEqual(17_000);
  });

  test('W10 backs off from trouble, tells of it, and reads all anew', async () => {
    const { asked, bodies, health } = await play([
      { index: 5n, body: 'a' },
      new PeerError('busy', 'too many requests'),
      new PeerError('unreachable', 'nothing listens'),
      { index: 5n, body: 'a again' },
    ]);
    expect(asked.map(({ index }) => index)).toEqual([null, 5n, null, null]);
    expect((asked[3]?.at ?? 0) - (asked[2]?.at ?? 0)).toBeGreaterThan(
      (asked[2]?.at ?? 0) - (asked[1]?.at ?? 0),
    );
    expect(health.map(({ ok }) => ok)).toEqual([true, false, false, true]);
    expect(bodies).toEqual(['a', 'a again']);
  });

  test('W10 tells when the server that answers knows of no leader', async () => {
    const { health } = await play([{ index: 5n, leader: false }]);
    expect(health).toMatchObject([{ ok: false, error: expect.stringContaining('no leader') as unknown }]);
  });
});

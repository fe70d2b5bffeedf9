import { expect, test } from 'vitest';
import { createFakeClock } from '../../../test/support/memoryPorts.ts';
import { PeerError } from '../kit/peerError.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/objects.ts';
import { createNoteBoard } from './notes.ts';

const never = new AbortController().signal;

const eventAt = (second: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {
    name: `podium.o${second}`,
    uid: `uid ${second}`,
    resourceVersion: '1',
    namespace: 'shop',
    annotations: { 'podium.dev/operation': `o${second}` },
    creationTimestamp: new Date(1_790_000_000_000 + second * 1_000).toISOString(),
  },
});

/** A board over a list of Events that a test answers. */
function boardOver(answer: () => Promise<readonly KubeObject[]>) {
  const clock = createFakeClock();
  let asked = 0;
  const list = () => {
    asked += 1;
    return answer();
  };
  // Only what a board asks of a client.
  const client = { namespaces: null, list } as unknown as KubeClient;
  return { clock, board: createNoteBoard(client, { clock }), asked: () => asked };
}

test('notes are read in the background, once at a time, and no more than once a minute', async () => {
  const answer = Promise.withResolvers<readonly KubeObject[]>();
  const { clock, board, asked } = boardOver(() => answer.promise);
  expect(board.recent(never)).toEqual({ notes: [], problem: null });
  await clock.advance(100_000);
  board.recent(never);
  expect(asked()).toBe(1);
  answer.resolve([eventAt(1)]);
  await clock.advance(1);
  expect(board.recent(never).notes.map(({ operationId }) => operationId)).toEqual(['o1']);
  await clock.advance(50_000);
  board.recent(never);
  expect(asked()).toBe(1);
  await clock.advance(10_000);
  board.recent(never);
  expect(asked()).toBe(2);
});

test('notes that may not be read are told as missing, and not asked for again for minutes', async () => {
  const { clock, board, asked } = boardOver(() =>
    Promise.reject(new PeerError('forbidden', 'You may not list events.')),
  );
  board.recent(never);
  for (let i = 0; i < 9; i += 1) {
    await clock.advance(30_000);
    expect(board.recent(never).problem).toMatch(
      /What other Podiums did is not known: .*You may not list events/,
    );
  }
  expect(asked()).toBe(1);
  await clock.advance(30_000);
  board.recent(never);
  expect(asked()).toBe(2);
});

test('of very many notes the newest stay, in whatever order they come', async () => {
  const { clock, board } = boardOver(() =>
    Promise.resolve(Array.from({ length: 300 }, (_, i) => eventAt(299 - i))),
  );
  board.recent(never);
  await clock.advance(1);
  const ids = board.recent(never).notes.map(({ operationId }) => operationId);
  expect(ids).toHaveLength(200);
  expect([ids[0], ids.at(-1)]).toEqual(['o100', 'o299']);
});

import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { LogPiece } from '../../kit/logs.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { followLog } from './follow.ts';

const of = { namespace: 'shop', instance: 'payment-1', container: 'app' };
const how = { previous: false, follow: true, sinceAt: null, lines: 100 };
const stamped = '2026-11-22T10:00:01.000000001Z one\n';
const running = { running: {} };
const ended = { waiting: { reason: 'CrashLoopBackOff' } };

interface Kubelet {
  readonly restartCount: number;
  readonly state: object;
  readonly log: () => { readonly status: number; readonly body: string };
}

/** Follows what a kubelet tells, which changes with each pause until it has nothing more to tell. */
async function followed(turns: readonly Kubelet[], pauses: number) {
  const slept: number[] = [];
  const asked: string[] = [];
  const stop = new AbortController();
  const turn = (): Kubelet => {
    const now = turns[Math.min(slept.length, turns.length - 1)];
    if (now === undefined) throw new Error('no turn');
    return now;
  };
  const client = {
    server: 'https://cluster.example.com',
    watches: { onAbsence: () => ({ [Symbol.dispose]: () => undefined }) },
    object: () => {
      const { restartCount, state } = turn();
      const containerStatuses = [{ name: 'app', restartCount, state }];
      return Promise.resolve({ metadata: { name: of.instance, uid: 'u1' }, status: { containerStatuses } });
    },
    openStream: ({ path }: { readonly path: string }) => {
      asked.push(path.includes('follow') ? 'follow' : 'read');
      const { status, body } = turn().log();
      const headers = { 'content-type': 'text/plain' };
      return Promise.resolve({ status, headers, body: Readable.from([Buffer.from(body)]) });
    },
  } as unknown as KubeClient; // The parts that are used.
  const clock = {
    now: () => 0,
    sleep(ms: number): Promise<void> {
      slept.push(ms);
      if (slept.length > pauses) stop.abort(new Error('enough'));
      return stop.signal.aborted ? Promise.reject(new Error('enough')) : Promise.resolve();
    },
  };
  const told: LogPiece[] = [];
  try {
    for await (const pieces of followLog(client, clock, of, how, stop.signal)) told.push(...pieces);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  const lines = told.flatMap((piece) => (piece.kind === 'line' ? [piece.text] : []));
  const notes = told.flatMap((piece) => (piece.kind === 'note' ? [piece.text] : []));
  return { slept, asked, lines, notes };
}

const written = () => ({ status: 200, body: stamped });
const refusal = (status: number, message: string) => () => ({
  status,
  body: JSON.stringify({ kind: 'Status', message }),
});

test.each([
  [400, 'container "app" in pod "payment-1" is waiting to start: ContainerCreating'],
  [429, 'too many requests'],
  [503, 'no route to the kubelet'],
])('a first answer %s is not the last word', async (status, message) => {
  const starting = { restartCount: 0, state: ended, log: refusal(status, message) };
  const { lines, notes, slept } = await followed(
    [starting, starting, { restartCount: 0, state: running, log: written }],
    3,
  );
  expect(lines).toEqual(['one']);
  expect(notes).toEqual([expect.stringContaining(message)]);
  expect(slept.slice(0, 2)).toEqual([500, 1_000]);
});

test('a missing right is the last word', async () => {
  const denied = { restartCount: 0, state: running, log: refusal(403, 'no') };
  await expect(followed([denied], 3)).rejects.toThrow(PeerError);
});

test('of a container that has ended the rest is read once, and then it is asked for less and less', async () => {
  const { asked, slept, lines } = await followed([{ restartCount: 3, state: ended, log: written }], 8);
  expect(lines).toEqual(['one']);
  expect(asked).toEqual(['read', 'follow']);
  expect(slept).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000]);
});

test('one that runs and whose log ends at once with what is known is opened less and less', async () => {
  const { slept } = await followed([{ restartCount: 0, state: running, log: written }], 6);
  expect(slept).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
});

test('a container that was started anew is opened again, and that it was is said', async () => {
  const before = { restartCount: 3, state: ended, log: written };
  const again = () => ({ status: 200, body: '2026-11-22T10:05:00.000000001Z two\n' });
  const { lines, notes } = await followed(
    [before, before, { restartCount: 4, state: running, log: again }],
    3,
  );
  expect(lines).toEqual(['one', 'two']);
  expect(notes).toEqual([expect.stringContaining('was started anew')]);
});

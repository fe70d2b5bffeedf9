import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import type { OperationRecord } from '../../shared/model/record.ts';
import { openDatabase } from '../../shared/node/database.ts';
import { createJournalStore } from '../../shared/node/journalStore.ts';
import type { Holding } from '../../shared/model/watch.ts';
import { playCrash, type CrashRun, type PeerFile } from './crashRun.ts';

const startAt = 1_790_000_000_000;
const program = join(import.meta.dirname, 'crashProcess.ts');
const before = [70, 30];
const compiled = mkdtempSync(join(tmpdir(), 'podium-compiled-'));
afterAll(() => rmSync(compiled, { recursive: true, force: true }));
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What a run left behind: the peer, and the journal as another process reads it. */
interface Left {
  readonly peer: PeerFile;
  readonly records: readonly OperationRecord[];
}

/** A data folder and a peer of their own for one crash. */
function prepare() {
  const folder = mkdtempSync(join(tmpdir(), 'podium-crash-'));
  const peerFile = join(folder, 'peer.json');
  writeFileSync(peerFile, JSON.stringify({ weights: before, trip: null, revision: 1, writes: [] }));
  const run = { dataFolder: folder, peerFile };
  /** True where it was killed. */
  const playAndKill = (act: Act, dieAt: number): Promise<boolean> =>
    isKilled({ ...run, act, dieAt, startAt, boot: 'first' });
  const restart = (laterMs: number): Promise<readonly Holding[]> =>
    playCrash({ ...run, act: 'nothing', dieAt: 0, startAt: startAt + laterMs, boot: 'second' });
  async function look(): Promise<Left> {
    using database = openDatabase(folder);
    const records = await createJournalStore(database, quiet).list({ limit: 100 });
    return { peer: JSON.parse(readFileSync(peerFile, 'utf8')) as PeerFile, records };
  }
  return {
    playAndKill,
    restart,
    look,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Plays a run in a process of its own, to its end or until it kills itself. */
function isKilled(run: CrashRun): Promise<boolean> {
  const child = spawn(process.execPath, [program, JSON.stringify(run)], {
    stdio: 'inherit',
    // Dozens of the same process: each need not compile everything anew.
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return new Promise((resolve, reject) =>
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0) resolve(signal === 'SIGKILL');
      else reject(new Error(`the run ended with ${code ?? signal}`));
    }),
  );
}

type Act = Exclude<CrashRun['act'], 'nothing' | 'set'>;

/** Kills a run at one step, looks, starts it again and looks once more. */
async function crash(act: Act, dieAt: number, laterMs: number): Promise<{ reached: boolean }> {
  using place = prepare();
  if (!(await place.playAndKill(act, dieAt))) return { reached: false };
  const left = await place.look();
  expectTold(left);
  const listed = await place.restart(laterMs);
  const ended = new Set(left.records.filter(({ state }) => state === 'written').map(({ undoOf }) => undoOf));
  const open = left.records.filter(
    ({ id, hold }) => hold !== null && hold.state !== 'ended' && !ended.has(id),
  );
  expect(listed.filter(({ kind }) => kind === 'trip').map(({ operationId }) => operationId)).toEqual(
    open.map(({ id }) => id),
  );
  expectSettled(act, await place.look());
  return { reached: true };
}

/** The live value is before or after, and whatever reached the peer stood in the journal before. */
function expectTold({ peer, records }: Left): void {
  const forward = records.filter(({ undoOf }) => undoOf === null);
  const backward = records.filter(({ undoOf }) => undoOf !== null);
  expect(peer.writes.length).toBeLessThanOrEqual(forward.length + backward.length);
  expect(forward.length).toBeLessThanOrEqual(1);
  expect(backward.length).toBeLessThanOrEqual(1);
  if (peer.writes.length > 0) expect(forward[0]?.state).toMatch(/^(writing|unknown|written)$/);
  if (peer.writes.length > 1) expect(backward[0]?.state).toMatch(/^(writing|unknown|written)$/);
}

/** After the next start nothing is open any more, nothing was written twice, and the journal says what is in force. */
function expectSettled(act: Act, { peer, records }: Left): void {
  const forward = records.find(({ undoOf }) => undoOf === null);
  const back = records.filter(({ undoOf, state }) => undoOf !== null && state === 'written');
  const isLive = peer.trip !== null || peer.weights.join() !== before.join();
  expect(records.filter(({ state }) => state === 'writing' || state === 'unknown')).toEqual([]);
  if (forward === undefined || forward.state === 'notWritten') {
    expect(peer.writes).toEqual([]);
    expect(isLive).toBe(false);
    return;
  }
  expect(forward.state).toBe('written');
  expect(peer.writes).toHaveLength(1 + back.length);
  expect(back.length).toBeLessThanOrEqual(1);
  expect(isLive).toBe(back.length === 0);
  expect(forward.undoneBy).toBe(back[0]?.id ?? null);
  if (act === 'trip') expect(forward.hold).toMatchObject({ state: 'ended', endedBy: back[0]?.id });
  if (act === 'trip' || act === 'watchedShift') expect(back).toHaveLength(1);
  if (act === 'watchedShift') expect(forward.watch).toMatchObject({ state: 'returned' });
}

test('M16 a process that is killed at any step of a trip, its journal or its end loses no trip and writes nothing twice', async () => {
  let step = 0;
  let isOver = false;
  const work = async (): Promise<void> => {
    while (!isOver) {
      step += 1;
      // Restarted before the deadline or long after it, turn by turn.
      const { reached } = await crash('trip', step, step % 2 === 0 ? 60_000 : 20 * 60_000);
      isOver ||= !reached;
    }
  };
  await Promise.all([work(), work()]);
  expect(step).toBeGreaterThan(30);
}, 300_000);

test('M16 whatever the plan and wherever the process is killed, what is live is before or after and the journal says which', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Act>('shift', 'shiftAndUndo', 'watchedShift'),
      fc.integer({ min: 1, max: 40 }),
      async (act, dieAt) => {
        await crash(act, dieAt, act === 'watchedShift' ? 30_000 : 20 * 60_000);
      },
    ),
    { numRuns: 15 },
  );
}, 300_000);

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import type { ChangeSet } from '../../shared/model/watch.ts';
import { applyPlans, type CrashRun, openRun, type PeerFile } from './crashRun.ts';

const program = join(import.meta.dirname, 'crashProcess.ts');
const startAt = 1_790_000_000_000;
const compiled = mkdtempSync(join(tmpdir(), 'podium-compiled-'));
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

/** Plays a run in a process of its own; true where it was killed. */
function isKilled(run: CrashRun): Promise<boolean> {
  const child = spawn(process.execPath, [program, JSON.stringify(run)], {
    stdio: 'inherit',
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

/** What the next start said of a set of two changes whose process was killed at one step. */
interface Told {
  readonly reached: boolean;
  /** Of how many changes the peer knew when the process was killed. */
  readonly written: number;
  readonly sets: readonly ChangeSet[];
}

/** Kills a set at one step, starts again, and takes back what was done. */
async function crash(dieAt: number): Promise<Told> {
  const folder = mkdtempSync(join(tmpdir(), 'podium-crash-'));
  const peerFile = join(folder, 'peer.json');
  const peer = () => JSON.parse(readFileSync(peerFile, 'utf8')) as PeerFile;
  writeFileSync(peerFile, JSON.stringify({ weights: [70, 30], trip: null, revision: 1, writes: [] }));
  const run = { dataFolder: folder, peerFile, startAt };
  try {
    const reached = await isKilled({ ...run, act: 'set', dieAt, boot: 'first' });
    const written = peer().writes.length;
    if (!reached) return { reached, written, sets: [] };
    await using again = await openRun({
      ...run,
      startAt: startAt + 1_000,
      act: 'nothing',
      dieAt: 0,
      boot: 'second',
    });
    const { client, clock } = again;
    await clock.advance(10);
    await client.connections.discover();
    await client.connections.open({ key: 'paper:paper' });
    // What was sent last is found out by reading.
    await clock.advance(60_000);
    await client.connections.unlock({ id: 'paper' });
    const sets = await client.operations.cutOffSets();
    const [set] = sets;
    if (set !== undefined && written > 0) {
      const { plans, problems } = await client.operations.planUndoSet({ setId: set.id });
      expect(problems).toEqual([]);
      await applyPlans(client, plans);
      await clock.advance(2_000);
      expect(peer()).toMatchObject({ weights: [70, 30], trip: null });
      expect(await client.operations.cutOffSets(), 'what is undone is not told of again').toEqual([]);
    }
    return { reached, written, sets };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('M16 a set that is killed at any step is told at the next start: what was written, what was never begun; and what was done is undone', async () => {
  const seen = new Set<string>();
  let isOver = false;
  let step = 0;
  const work = async (): Promise<void> => {
    while (!isOver) {
      step += 1;
      const { reached, written, sets } = await crash(step);
      isOver ||= !reached;
      if (!reached) continue;
      const [set] = sets;
      expect(sets.length).toBeLessThanOrEqual(1);
      const states = set?.items.map(({ state }) => state) ?? [];
      // Nothing is said of a set of which nothing was taken down, or all was written.
      if (set === undefined) expect([0, 2]).toContain(written);
      else expect(states.filter((state) => state === 'written')).toHaveLength(written);
      expect(set?.cutOff ?? true).toBe(true);
      seen.add(states.join(' '));
    }
  };
  await Promise.all([work(), work()]);
  expect(step).toBeGreaterThan(12);
  expect([...seen].sort()).toEqual(
    ['', 'stopped neverBegun', 'written neverBegun', 'written stopped'].sort(),
  );
}, 300_000);

test('a set that was cut off and left as it is is not told of again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'podium-crash-'));
  const peerFile = join(folder, 'peer.json');
  writeFileSync(peerFile, JSON.stringify({ weights: [70, 30], trip: null, revision: 1, writes: [] }));
  const run = { dataFolder: folder, peerFile, startAt };
  try {
    // The first step of the second change.
    for (
      let dieAt = 4;
      (await isKilled({ ...run, act: 'set', dieAt, boot: 'first' })) && dieAt < 5;
      dieAt += 1
    );
    await using again = await openRun({ ...run, act: 'nothing', dieAt: 0, boot: 'second' });
    const [set] = await again.client.operations.cutOffSets();
    if (set === undefined) throw new Error('nothing was cut off');
    await again.client.operations.leaveSet({ setId: set.id });
    expect(await again.client.operations.cutOffSets()).toEqual([]);
    for await (const left of await again.client.operations.watchSet({ setId: set.id })) {
      expect(left).toMatchObject({ cutOff: false });
      break;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

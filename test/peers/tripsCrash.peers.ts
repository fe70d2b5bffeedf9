import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../shared/node/database.ts';
import { createJournalStore } from '../../shared/node/journalStore.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { readPayment, restorable, restoreWeights } from './payment.ts';
import { waitFor } from './start/processes.ts';
import { clearTrips, refused, served, waitForAnswers } from './tripsShop.ts';

const peers = readCoordinates();
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

beforeEach(() => restoreWeights(peers));
afterEach(() => clearTrips(peers));

/** Starts a console on the data folder; `told` resolves when it says a line. */
function startPodium(dataFolder: string, act: 'trip' | 'nothing') {
  const podium = spawn(process.execPath, [join(import.meta.dirname, 'tripsProcess.ts'), dataFolder, act], {
    env: { ...process.env, KUBECONFIG: peers.kubernetes.kubeconfigFile },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  podium.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  return {
    podium,
    told: (line: string) =>
      waitFor(`“${line}”`, { limitMs: 30_000 }, () => Promise.resolve(said.includes(line))),
  };
}

function kill(podium: ChildProcess): Promise<void> {
  if (podium.exitCode !== null || podium.signalCode !== null) return Promise.resolve();
  const gone = new Promise<void>((resolve) => podium.once('exit', () => resolve()));
  podium.kill('SIGKILL');
  return gone;
}

const isHeld = async (): Promise<boolean> =>
  (await readPayment(peers)).metadata.annotations?.['podium.dev/held'] !== undefined;

test('a Podium that is killed while it holds a trip ends it first thing at its next start', async () => {
  const before = await restorable(peers);
  const dataFolder = await mkdtemp(join(tmpdir(), 'podium-trips-'));
  const first = startPodium(dataFolder, 'trip');
  let second: ReturnType<typeof startPodium> | null = null;
  try {
    await first.told('planned');
    // As soon as the document carries it: the answer may not be in the journal yet.
    const limit = Date.now() + 20_000;
    while (!(await isHeld())) expect(Date.now(), 'the trip on the document').toBeLessThan(limit);
    const heldAt = Date.now();
    await kill(first.podium);
    await waitForAnswers(peers, 'refusals', { edge: refused, order: refused });
    // Nobody is there at the deadline.
    await waitFor('the deadline to pass', { limitMs: 40_000 }, () =>
      Promise.resolve(Date.now() > heldAt + 31_000),
    );
    expect(await isHeld(), 'nothing ends it by itself').toBe(true);

    second = startPodium(dataFolder, 'nothing');
    await second.told('open');
    const openedAt = Date.now();
    await waitFor('the trip to end', { limitMs: 20_000 }, async () => !(await isHeld()));
    noteFigure(
      peers,
      'trips',
      `killed while held: ended ${Date.now() - openedAt} ms after the next start had opened the cluster`,
    );
    expect(await restorable(peers)).toEqual(before);
    await waitForAnswers(peers, 'payments again', { edge: served, order: served });
    await waitFor('the journal to say so', { limitMs: 20_000 }, async () =>
      (await states(dataFolder)).includes('trip ended'),
    );
  } finally {
    await kill(first.podium);
    if (second !== null) await kill(second.podium);
    await rm(dataFolder, { recursive: true, force: true });
  }
}, 180_000);

/** What the journal says of each trip, as another process reads it. */
async function states(dataFolder: string): Promise<string[]> {
  using database = openDatabase(dataFolder);
  const records = await createJournalStore(database, quiet).list({ limit: 100 });
  return records.map(({ operation, hold }) => `${operation.kind} ${hold?.state ?? ''}`);
}

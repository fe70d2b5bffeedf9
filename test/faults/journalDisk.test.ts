import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JournalStore } from '../../shared/core/ports.ts';
import type { OperationRecord } from '../../shared/model/record.ts';
import { openDatabase, type Database } from '../../shared/node/database.ts';
import { createJournalStore } from '../../shared/node/journalStore.ts';
import { createMemoryJournal } from '../support/memoryPorts.ts';
import { openPaper } from '../support/openPaper.ts';
import { recordOf } from '../support/records.ts';
import { createPaper } from '../support/paperConnector.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'podium-disk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** No page more than there are: what a disk without room answers. */
const fill = (database: Database): void => database.sql()?.exec('PRAGMA max_page_count = 1');
const makeRoom = (database: Database): void => database.sql()?.exec('PRAGMA max_page_count = 1000000');
/** A disk that was mounted anew to be read only. */
const lockDisk = (database: Database): void => database.sql()?.exec('PRAGMA query_only = ON');

test.each([
  { disk: 'is full (ENOSPC)', spoil: fill, says: /full/ },
  { disk: 'is read-only', spoil: lockDisk, says: /readonly/ },
])(
  'M16 a journal whose disk $disk refuses every write, and the peer hears of none',
  async ({ spoil, says }) => {
    using database = openDatabase(folder);
    const paper = createPaper();
    await using here = await openPaper(paper, {
      ports: { journal: padded(createJournalStore(database, quiet)) },
    });
    await here.client.connections.unlock({ id: here.id });
    const plan = await here.plan([95, 5]);
    spoil(database);
    await expect(here.apply(plan.id)).rejects.toThrow(/Nothing was written, because the journal could not/);
    await expect(here.apply(plan.id)).rejects.toThrow(says);
    await here.ports.clock.advance(10_000);
    expect(paper.writes).toEqual([]);
  },
);

test('M16 a journal whose disk fails (EIO) refuses every write, and the peer hears of none', async () => {
  const paper = createPaper();
  const failing: JournalStore = {
    ...createMemoryJournal(),
    append: () => Promise.reject(Object.assign(new Error('disk I/O error'), { errcode: 10 })),
  };
  await using here = await openPaper(paper, { ports: { journal: failing } });
  await here.client.connections.unlock({ id: here.id });
  await expect(here.apply((await here.plan([95, 5])).id)).rejects.toThrow(/disk I\/O error/);
  await here.ports.clock.advance(10_000);
  expect(paper.writes).toEqual([]);
});

test('M16 a disk that fills up after the peer took a write leaves it open in the journal, to be resolved by reading', async () => {
  const paper = createPaper();
  let at = 0;
  {
    using database = openDatabase(folder);
    await using here = await openPaper(paper, {
      ports: { journal: padded(createJournalStore(database, quiet)) },
    });
    await here.client.connections.unlock({ id: here.id });
    paper.onWritten = () => fill(database);
    await here.apply((await here.plan([95, 5])).id);
    await here.ports.clock.advance(10_000);
    at = here.ports.clock.now();
    makeRoom(database);
    expect((await createJournalStore(database, quiet).list({ limit: 10 })).map(({ state }) => state)).toEqual(
      ['writing'],
    );
  }
  expect(paper.weights).toEqual([95, 5]);
  using database = openDatabase(folder);
  const journal = createJournalStore(database, quiet);
  await using later = await openPaper(paper, { prefix: 'later-', startAt: at + 60_000, ports: { journal } });
  await later.ports.clock.advance(10_000);
  expect((await journal.list({ limit: 10 })).map(({ state }) => state)).toEqual(['written']);
  expect(paper.writes).toHaveLength(1);
});

test('M16 a journal that is cut or torn at any byte opens with all that was committed before it, and nothing else', async () => {
  const states: string[] = [];
  const source = join(folder, 'source');
  mkdirSync(source);
  using database = openDatabase(source);
  const journal = createJournalStore(database, quiet);
  const told = async (store: JournalStore) =>
    (await store.list({ limit: 100 })).map(({ id, state }) => `${id} ${state}`).join();
  states.push(await told(journal));
  for (let i = 0; i < 12; i += 1) {
    const record = recordOf({ id: `operation-${i}`, at: i, state: 'writing', target: 'x'.repeat(3_000) });
    await journal.append(record);
    states.push(await told(journal));
    await journal.update({ ...record, state: 'written' });
    states.push(await told(journal));
  }
  const wal = readFileSync(join(source, 'podium.sqlite-wal'));
  let round = 0;

  async function openWith(bytes: Uint8Array): Promise<string> {
    const place = join(folder, `round-${(round += 1)}`);
    mkdirSync(place);
    copyFileSync(join(source, 'podium.sqlite'), join(place, 'podium.sqlite'));
    writeFileSync(join(place, 'podium.sqlite-wal'), bytes);
    using reopened = openDatabase(place);
    const found = await told(createJournalStore(reopened, quiet));
    return found;
  }

  expect(await openWith(wal)).toBe(states.at(-1));
  let before = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(wal.length - 1), fc.boolean(), async (at, isCut) => {
      const bytes = Uint8Array.from(isCut ? wal.subarray(0, at) : wal);
      if (!isCut) bytes.fill(0xa5, at, Math.min(wal.length, at + 512));
      const found = states.indexOf(await openWith(bytes));
      expect(found).toBeGreaterThanOrEqual(0);
      before = Math.max(before, found);
    }),
    { numRuns: 60 },
  );
  expect(before).toBeGreaterThan(2);
});

/** Records so large that the next one needs a page that is not there. */
function padded(store: JournalStore): JournalStore {
  const pad = (record: OperationRecord): OperationRecord => ({ ...record, target: 'x'.repeat(20_000) });
  let updates = 0;
  return {
    ...store,
    append: (record) => store.append(pad(record)),
    update: (record) => store.update({ ...record, target: 'x'.repeat(20_000 * (2 + (updates += 1))) }),
  };
}

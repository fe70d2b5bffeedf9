import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { recordOf } from '../../test/support/records.ts';
import type { Log } from '../core/ports.ts';
import type { OperationRecord } from '../model/record.ts';
import { defaultSettings } from '../model/settings.ts';
import { dataFolderPath, openDataFolder } from './dataFolder.ts';
import { openDatabase } from './database.ts';
import { createJournalStore } from './journalStore.ts';
import { createSettingsStore } from './settingsStore.ts';

let folder = '';
const said: string[] = [];
const log: Log = { info: keep, warn: keep, error: keep };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'podium-data-'));
  said.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the data folder', () => {
  test('is closed to other users, also when it was there before', () => {
    rmSync(folder, { recursive: true });
    expect(openDataFolder({ PODIUM_DATA: folder })).toBe(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test('is where each platform keeps such things', () => {
    expect(dataFolderPath({}, 'linux', '/home/ana')).toBe('/home/ana/.local/share/podium');
    expect(dataFolderPath({ XDG_DATA_HOME: '/data' }, 'linux', '/home/ana')).toBe('/data/podium');
    expect(dataFolderPath({ XDG_DATA_HOME: 'relative' }, 'linux', '/home/ana')).toBe(
      '/home/ana/.local/share/podium',
    );
    expect(dataFolderPath({}, 'darwin', '/Users/ana')).toBe('/Users/ana/Library/Application Support/Podium');
    expect(dataFolderPath({ PODIUM_DATA: '/here' }, 'linux', '/home/ana')).toBe('/here');
    expect(() => dataFolderPath({ PODIUM_DATA: 'here' }, 'linux', '/home/ana')).toThrow('full path');
  });
});

describe('the one writer', () => {
  test('a folder that cannot be had is told from one that another holds, with what to do', () => {
    const file = join(folder, 'a file');
    writeFileSync(file, '');
    expect(() => openDataFolder({ PODIUM_DATA: file })).toThrow(
      /^the data folder cannot be used: .*a file.*Set PODIUM_DATA/,
    );
    expect(() => openDatabase(file)).toThrow(/writer\.lock cannot be used: .*set PODIUM_DATA/);
  });

  test('what a folder is called makes nobody take it for one that another holds', () => {
    const blocked = join(folder, 'blocked');
    mkdirSync(join(blocked, 'writer.lock'), { recursive: true });
    expect(() => openDatabase(blocked)).toThrow(/writer\.lock cannot be used: .*blocked.*set PODIUM_DATA/);
  });

  test('a second one on the same folder only reads, and takes over once the first is gone', async () => {
    const first = openDatabase(folder);
    const second = openDatabase(folder);
    expect([first.writable, second.writable]).toEqual([true, false]);
    await createJournalStore(first, log).append(record('a', 1));
    const reading = createJournalStore(second, log);
    expect((await reading.list({ limit: 10 })).map(({ id }) => id)).toEqual(['a']);
    await expect(reading.append(record('b', 2))).rejects.toThrow('only reads');
    await expect(reading.update(record('a', 2))).rejects.toThrow('only reads');
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    using third = openDatabase(folder);
    expect(third.writable).toBe(true);
  });

  test('a process that is killed leaves its records and no lock behind', async () => {
    const script = `
      const { openDatabase } = await import(${JSON.stringify(join(import.meta.dirname, 'database.ts'))});
      const database = openDatabase(${JSON.stringify(folder)});
      database.sql().exec("INSERT INTO settings VALUES ('tourDone', 'true')");
      // Nothing refers to the database any more; the lock must outlive that.
      setImmediate(() => {
        globalThis.gc();
        process.stdout.write('written');
      });
      setInterval(() => undefined, 1000);
    `;
    const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const shut = openDatabase(folder);
    expect(shut.writable).toBe(false);
    shut[Symbol.dispose]();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    using after = openDatabase(folder);
    expect(after.writable).toBe(true);
    expect((await createSettingsStore(after, log).read()).tourDone).toBe(true);
  });

  test('every file is for this user alone', async () => {
    using database = openDatabase(folder);
    await createJournalStore(database, log).append(record('a', 1));
    for (const name of ['podium.sqlite', 'podium.sqlite-wal', 'podium.sqlite-shm', 'writer.lock']) {
      expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
    }
  });

  test('every commit reaches the disk before it returns', () => {
    using database = openDatabase(folder);
    expect(database.sql()?.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    expect(database.sql()?.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  });

  test('a file of a newer Podium is left alone', () => {
    openDatabase(folder)[Symbol.dispose]();
    const database = openDatabase(folder);
    database.sql()?.exec('PRAGMA user_version = 9');
    database[Symbol.dispose]();
    expect(() => openDatabase(folder)).toThrow('newer Podium');
  });

  test('a file that is no database is refused in words and not overwritten', () => {
    const text = 'these are not the bytes of a database, but somebody may want them';
    writeFileSync(join(folder, 'podium.sqlite'), text);
    expect(() => openDatabase(folder)).toThrow('Nothing was changed');
    expect(readFileSync(join(folder, 'podium.sqlite'), 'utf8')).toBe(text);
    rmSync(join(folder, 'podium.sqlite'));
    using database = openDatabase(folder);
    expect(database.writable).toBe(true);
  });
});

describe('the journal', () => {
  test('is listed newest first and found by any text of a record, whatever its case', async () => {
    using database = openDatabase(folder);
    const journal = createJournalStore(database, log);
    await journal.append({ ...record('a', 1), reason: 'Zürich 100% über_Last' });
    await journal.append({ ...record('b', 2), serviceName: 'order', state: 'notWritten' });
    await journal.append({ ...record('c', 3), reason: 'quiet' });
    const ids = async (filter: object) => (await journal.list({ limit: 10, ...filter })).map(({ id }) => id);
    expect(await ids({})).toEqual(['c', 'b', 'a']);
    expect(await ids({ limit: 2 })).toEqual(['c', 'b']);
    expect(await ids({ query: 'ÜBER_last' })).toEqual(['a']);
    expect(await ids({ query: '100%' })).toEqual(['a']);
    expect(await ids({ query: '%' })).toEqual(['a']);
    expect(await ids({ query: "' OR 1=1 --" })).toEqual([]);
    expect(await ids({ serviceName: 'order' })).toEqual(['b']);
    expect(await ids({ connectionTitle: 'shop-prod' })).toEqual(['c', 'b', 'a']);
    expect(await ids({ connectionTitle: 'other' })).toEqual([]);
    expect(await ids({ from: 2, to: 2 })).toEqual(['b']);
    expect(await ids({ states: ['written'] })).toEqual(['c', 'a']);
    expect(await ids({ states: [] })).toEqual([]);
    await journal.update({ ...record('b', 2), serviceName: 'order', state: 'notWritten', finishedAt: 9 });
    expect(await ids({ unfinished: true })).toEqual(['c', 'a']);
    expect(await ids({ unfinished: true, states: ['notWritten'] })).toEqual([]);
    expect(await ids({ limit: Infinity })).toEqual(['c', 'b', 'a']);
  });

  test('a record is read back as it was written, and changed in place', async () => {
    using database = openDatabase(folder);
    const journal = createJournalStore(database, log);
    const written = { ...record('a', 1), state: 'writing' as const };
    await journal.append(written);
    expect(await journal.read('a')).toEqual(written);
    await journal.update({ ...written, state: 'written', revisionAfter: '9' });
    expect(await journal.read('a')).toEqual({ ...written, state: 'written', revisionAfter: '9' });
    expect(await journal.read('b')).toBeNull();
    await expect(journal.append(written)).rejects.toThrow('UNIQUE');
    await expect(journal.update(record('b', 2))).rejects.toThrow('no operation b');
  });

  test('a record that cannot be read is left out, told of, and costs no other', async () => {
    using database = openDatabase(folder);
    const journal = createJournalStore(database, log);
    await journal.append(record('a', 1));
    await journal.append(record('b', 2));
    database.sql()?.exec(`UPDATE operations SET record = '{"half":' WHERE id = 'b'`);
    expect((await journal.list({ limit: 10 })).map(({ id }) => id)).toEqual(['a']);
    expect(said.join()).toContain('"id":"b"');
  });
});

describe('settings', () => {
  test('are kept over a restart, and one that is broken falls back alone', async () => {
    const changed = { ...defaultSettings, tourDone: true, environments: { shop: 'production' as const } };
    const first = openDatabase(folder);
    await createSettingsStore(first, log).write(changed);
    first.sql()?.exec(`UPDATE settings SET value = '{"shop":"nowhere"}' WHERE name = 'environments'`);
    first[Symbol.dispose]();
    using second = openDatabase(folder);
    expect(await createSettingsStore(second, log).read()).toEqual({ ...defaultSettings, tourDone: true });
    expect(said.join()).toContain('environments');
  });

  test('of a process that only reads last as long as it does', async () => {
    using first = openDatabase(folder);
    using second = openDatabase(folder);
    const reading = createSettingsStore(second, log);
    await reading.write({ ...defaultSettings, tourDone: true });
    expect((await reading.read()).tourDone).toBe(true);
    expect((await createSettingsStore(first, log).read()).tourDone).toBe(false);
  });
});

function keep(message: string, fields: object = {}): void {
  said.push(JSON.stringify({ message, ...fields }));
}

const record = (id: string, at: number): OperationRecord => recordOf({ id, at });

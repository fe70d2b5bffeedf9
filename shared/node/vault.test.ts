import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogFields } from '../core/ports.ts';
import { openDatabase } from './database.ts';
import { createMemoryVault, createVault, type Sealing } from './vault.ts';

let folder = '';
const said: string[] = [];
const keep = (message: string, fields?: LogFields): void =>
  void said.push(`${message} ${JSON.stringify(fields ?? {})}`);
const log = { info: keep, warn: keep, error: keep };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'podium-vault-'));
  said.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Turns the text round, which hides it from a search for it. */
function createSealing(): Sealing & { locked: string | null } {
  const turned = (text: string): string => [...text].reverse().join('');
  return {
    locked: null,
    whyNot() {
      return Promise.resolve(this.locked);
    },
    seal: (text) => Promise.resolve(turned(text)),
    open: (sealed) => Promise.resolve({ text: turned(sealed), isOld: false }),
  };
}

const onDisk = (): string =>
  readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .join('\n');

test('a secret that was sealed is there at the next start, and its text never on disk', async () => {
  {
    using database = openDatabase(folder);
    const vault = createVault(createSealing(), database, log);
    expect(await vault.put('webhook', 'https://hooks/s3cr3t')).toEqual({ where: 'computer', why: null });
    expect(onDisk()).not.toContain('s3cr3t');
  }
  using database = openDatabase(folder);
  const vault = createVault(createSealing(), database, log);
  expect(await vault.read('webhook')).toBe('https://hooks/s3cr3t');
  await vault.forget('webhook');
  expect(await vault.read('webhook')).toBeNull();
});

test('what is put while nothing can be sealed leaves no older secret to be found at the next start', async () => {
  using database = openDatabase(folder);
  const sealing = createSealing();
  const vault = createVault(sealing, database, log);
  await vault.put('token', 'first');
  sealing.locked = 'the keyring is locked';
  expect(await vault.put('token', 'second')).toEqual({ where: 'memory', why: 'the keyring is locked' });
  expect(await vault.read('token')).toBe('second');
  sealing.locked = null;
  expect(await createVault(sealing, database, log).read('token')).toBeNull();
});

test('the second Podium on a data folder keeps its secrets in memory and writes none', async () => {
  using first = openDatabase(folder);
  await createVault(createSealing(), first, log).put('token', 'of the first');
  using second = openDatabase(folder);
  const vault = createVault(createSealing(), second, log);
  expect(await vault.read('token')).toBe('of the first');
  expect(await vault.state()).toEqual({
    where: 'memory',
    why: 'another Podium on this computer keeps them',
  });
  expect((await vault.put('token', 'of the second')).where).toBe('memory');
  expect(await vault.read('token')).toBe('of the second');
  expect(await createVault(createSealing(), first, log).read('token')).toBe('of the first');
});

test('a record whose text is none is told without a word of that text', async () => {
  using database = openDatabase(folder);
  const sealing = createSealing();
  const vault = createVault(sealing, database, log);
  for (const text of ['s3cr3t', '{"s3cr3t":1}']) {
    await vault.put('token', 'x');
    database
      .sql()
      ?.prepare('UPDATE secrets SET sealed = ?')
      .run(await sealing.seal(text));
    expect(await vault.read('token')).toBeNull();
  }
  expect(said).toEqual(Array(2).fill(expect.stringMatching(/could not be opened.*it is no record/)));
  expect(said.join('\n')).not.toContain('s3cr3t');
});

test('a secret that is put anew while its old record is opened is not overwritten by that', async () => {
  using database = openDatabase(folder);
  const sealing = createSealing();
  const vault = createVault(sealing, database, log);
  await vault.put('token', 'old');
  const { open } = sealing;
  const opened = Promise.withResolvers<void>();
  sealing.open = async (sealed) => {
    await opened.promise;
    return { ...(await open(sealed)), isOld: true };
  };
  const read = vault.read('token');
  await vault.put('token', 'new');
  opened.resolve();
  expect(await read).toBe('old');
  // What is written in turn after it comes after the old one was sealed again.
  await vault.put('other', 'x');
  expect(await vault.read('token')).toBe('new');
});

test('a secret that is forgotten while it is being sealed stays forgotten', async () => {
  using database = openDatabase(folder);
  const vault = createVault(createSealing(), database, log);
  await Promise.all([vault.put('token', 'late'), vault.forget('token')]);
  expect(await vault.read('token')).toBeNull();
});

test('a host without a keyring keeps secrets until it ends, and says why', async () => {
  const vault = createMemoryVault('there is none');
  expect(await vault.put('token', 'x')).toEqual({ where: 'memory', why: 'there is none' });
  expect(await vault.read('token')).toBe('x');
  await vault.forget('token');
  expect(await vault.read('token')).toBeNull();
});

test('a keyring that is slow to say whether it is open is asked once by all who read side by side', async () => {
  using database = openDatabase(folder);
  const sealing = createSealing();
  const vault = createVault(sealing, database, log);
  await vault.put('east', 'e');
  await vault.put('west', 'w');
  let asked = 0;
  let answer: () => void = () => undefined;
  sealing.whyNot = () => {
    asked += 1;
    return new Promise((resolve) => (answer = () => resolve(null)));
  };
  const read = Promise.all([vault.read('east'), vault.read('west')]);
  answer();
  expect(await read).toEqual(['e', 'w']);
  expect(asked).toBe(1);
});

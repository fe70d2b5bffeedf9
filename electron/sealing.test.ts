import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SafeStorage } from 'electron/main';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDatabase, type Database } from '../shared/node/database.ts';
import { createLogFile } from '../shared/node/logFile.ts';
import { createVault } from '../shared/node/vault.ts';
import { createSafeStorage, type Keyring } from '../test/stand-ins/electron/safeStorage.ts';
import { createSealing } from './sealing.ts';
import { answerSealing, createSealingLine } from './sealingLine.ts';

const secret = 'consul-token-7c1f-s3cr3t';
let folder = '';
let database: Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'podium-sealing-'));
  database = openDatabase(folder);
});
afterEach(() => {
  database[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const gnome = (): Keyring => ({
  backend: 'gnome_libsecret',
  isReady: true,
  isLocked: false,
  keys: [randomBytes(32)],
});

/** The vault of a console whose main process has this storage: questions and answers cross as copies, as between processes. */
function vaultOn(storage: object, platform = 'linux') {
  // The stand-in has the members that Podium uses.
  const sealing = createSealing(storage as SafeStorage, platform);
  const line = createSealingLine((question) => {
    void answerSealing(sealing, structuredClone(question)).then((answer) =>
      line.take(structuredClone(answer)),
    );
  });
  return createVault(line.sealing, database, createLogFile(folder));
}

const onDisk = (): string =>
  readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .join('\n');
const records = () => database.sql()?.prepare('SELECT name, sealed FROM secrets ORDER BY name').all() ?? [];

test.for([
  ['the back end basic_text', { backend: 'basic_text' }, 'no keyring that Podium knows'],
  ['no back end, as before the application is ready', { isReady: false }, 'no keyring that Podium knows'],
  ['a back end that nobody has heard of', { backend: 'plain_file' }, 'no keyring that Podium knows'],
  ['a keyring that is locked', { isLocked: true }, 'locked'],
] as const)('E06 with %s a secret stays in memory, and why is said', async ([, state, why]) => {
  const keyring = { ...gnome(), ...state };
  const vault = vaultOn(createSafeStorage(keyring));
  expect(await vault.state()).toEqual({ where: 'memory', why: expect.stringContaining(why) as string });
  expect((await vault.put('consul', secret)).where).toBe('memory');
  expect(await vault.read('consul')).toBe(secret);
  expect(records()).toEqual([]);
  expect(onDisk()).not.toContain(secret);
  expect(await vaultOn(createSafeStorage(keyring)).read('consul')).toBeNull();
});

test('E06 a keyring that fails at the sealing itself leaves the secret in memory', async () => {
  const storage = createSafeStorage(gnome());
  storage.encryptStringAsync = () => Promise.reject(new Error('Encryption is not available.'));
  expect(await vaultOn(storage).put('consul', secret)).toEqual({
    where: 'memory',
    why: 'Encryption is not available.',
  });
  expect(onDisk()).not.toContain(secret);
});

test('E06 what is sealed is neither readable on disk nor lost while the keyring is locked', async () => {
  const keyring = gnome();
  const vault = vaultOn(createSafeStorage(keyring));
  expect(await vault.put('consul', secret)).toEqual({ where: 'computer', why: null });
  expect(onDisk()).not.toContain(secret);
  keyring.isLocked = true;
  expect(await vault.read('consul')).toBeNull();
  keyring.isLocked = false;
  expect(await vault.read('consul')).toBe(secret);
});

test('E06 what an older key sealed is sealed again with the new one', async () => {
  const keyring = gnome();
  const vault = vaultOn(createSafeStorage(keyring));
  await vault.put('consul', secret);
  const before = records();
  const [old] = keyring.keys;
  const next = randomBytes(32);
  keyring.keys = [next, old ?? next];
  expect(await vault.read('consul')).toBe(secret);
  await expect.poll(records).not.toEqual(before);
  keyring.keys = [next];
  expect(await vault.read('consul')).toBe(secret);
});

test('E06 after the keyring was made anew its old records are told and left, and others can be kept', async () => {
  const keyring = gnome();
  const vault = vaultOn(createSafeStorage(keyring));
  await vault.put('consul', secret);
  await vault.put('nacos', secret);
  keyring.keys = [randomBytes(32)];
  expect(await vault.read('consul')).toBeNull();
  expect((await vault.put('nacos', `${secret}-2`)).where).toBe('computer');
  expect(await vault.read('nacos')).toBe(`${secret}-2`);
  expect(records().map(({ name }) => name)).toEqual(['consul', 'nacos']);
  expect(readFileSync(join(folder, 'podium.log'), 'utf8')).toMatch(/could not be opened.*consul/);
  expect(onDisk()).not.toContain(secret);
});

test.for([
  ['no ciphertext', (): string => 'bm90IHNlYWxlZA=='],
  ['another’s record', (other: string): string => other],
] as const)('E06 a record that is %s is isolated, and the others are usable', async ([, spoilt]) => {
  const vault = vaultOn(createSafeStorage(gnome()));
  await vault.put('consul', secret);
  await vault.put('nacos', `${secret}-2`);
  const other = records().find(({ name }) => name === 'nacos')?.['sealed'];
  database
    .sql()
    ?.prepare('UPDATE secrets SET sealed = ? WHERE name = ?')
    .run(spoilt(String(other)), 'consul');
  expect(await vault.read('consul')).toBeNull();
  expect(await vault.read('nacos')).toBe(`${secret}-2`);
});

test.for(['linux', 'darwin', 'win32'])(
  'E07 on %s secrets are kept without a call that answers at once',
  async (platform) => {
    const keyring = gnome();
    const storage = createSafeStorage(keyring);
    const { encryptStringAsync, decryptStringAsync, isAsyncEncryptionAvailable } = storage;
    const getSelectedStorageBackend =
      platform === 'linux' ? { getSelectedStorageBackend: storage.getSelectedStorageBackend } : {};
    // Once with members that throw, once as Electron 46 has it: without them. Elsewhere than on Linux there is no back end to ask.
    const later = {
      encryptStringAsync,
      decryptStringAsync,
      isAsyncEncryptionAvailable,
      ...getSelectedStorageBackend,
    };
    for (const each of [storage, later]) {
      const vault = vaultOn(each, platform);
      expect(await vault.put('consul', secret)).toEqual({ where: 'computer', why: null });
      expect(await vault.read('consul')).toBe(secret);
    }
  },
);

test('E07 a keyring that waits for a password for ever keeps nobody waiting for ever', async () => {
  vi.useFakeTimers();
  try {
    const storage = createSafeStorage(gnome());
    storage.isAsyncEncryptionAvailable = () => new Promise(() => undefined);
    const state = vaultOn(storage).state();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await state).toEqual({ where: 'memory', why: 'the keyring does not answer' });
  } finally {
    vi.useRealTimers();
  }
});

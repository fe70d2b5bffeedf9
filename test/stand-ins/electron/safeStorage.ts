import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strict } from './strict.ts';

/** The keyring of a desktop, as a test sets it. */
export interface Keyring {
  /** As Electron names it on Linux; `unknown` before the application is ready, whatever it is. */
  backend: string;
  isReady: boolean;
  /** Locked, or not answering. */
  isLocked: boolean;
  /** The newest seals; what an older one sealed can be opened, and is asked to be sealed anew. */
  keys: readonly Buffer[];
}

const gone = (name: string) => (): never => {
  throw new Error(`safeStorage.${name} is gone with Electron 46.`);
};

/** Electron's `safeStorage`, whose members that answer at once throw. */
export function createSafeStorage(keyring: Keyring) {
  // As in Chromium, that back end encrypts with a key that everybody knows, and says that it is available.
  const key = (): Buffer => {
    if (keyring.isLocked) throw new Error('Encryption is not available.');
    return keyring.backend === 'basic_text'
      ? Buffer.alloc(32, 'peanuts')
      : (keyring.keys[0] ?? Buffer.alloc(0));
  };
  return strict(
    {
      getSelectedStorageBackend: () => (keyring.isReady ? keyring.backend : 'unknown'),
      isAsyncEncryptionAvailable: () => Promise.resolve(keyring.isReady && !keyring.isLocked),
      async encryptStringAsync(text: string): Promise<Buffer> {
        const nonce = randomBytes(12);
        const cipher = createCipheriv('aes-256-gcm', key(), nonce);
        const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
        return Buffer.concat([nonce, cipher.getAuthTag(), body]);
      },
      async decryptStringAsync(sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
        const newest = key();
        for (const each of [newest, ...keyring.keys.slice(1)]) {
          const result = opened(sealed, each);
          if (result !== null) return { result, shouldReEncrypt: each !== newest };
        }
        throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptStringAsync.');
      },
      isEncryptionAvailable: gone('isEncryptionAvailable'),
      encryptString: gone('encryptString'),
      decryptString: gone('decryptString'),
      setUsePlainTextEncryption: gone('setUsePlainTextEncryption'),
    },
    'safeStorage',
  );
}

/** The keyring of the machine that the stand-in runs on: one key in a file, of the back end that STAND_IN_KEYRING names. */
export function openKeyring(folder: string): Keyring {
  const file = join(folder, 'keyring');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600 });
  return {
    backend: process.env['STAND_IN_KEYRING'] ?? 'basic_text',
    isReady: true,
    isLocked: false,
    keys: [readFileSync(file)],
  };
}

function opened(sealed: Buffer, key: Buffer): string | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

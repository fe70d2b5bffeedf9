import { z } from 'zod';
import type { Log, Vault } from '../core/ports.ts';
import type { Database } from './database.ts';

/** The operating system's encryption for this user. It may have to ask for a keyring's password first, so nothing waits for it idly. */
export interface Sealing {
  /** Why nothing can be sealed or opened now, in words for the operator; null where it can. */
  whyNot(): Promise<string | null>;
  /** The sealed text, in base64. */
  seal(text: string): Promise<string>;
  /** `isOld`: its key was replaced since it was sealed. Throws on what cannot be opened. */
  open(sealed: string): Promise<{ readonly text: string; readonly isOld: boolean }>;
}

/** Secrets that are gone when Podium ends. */
export function createMemoryVault(why: string): Vault {
  const secrets = new Map<string, string>();
  return {
    state: () => Promise.resolve({ where: 'memory', why }),
    read: (name) => Promise.resolve(secrets.get(name) ?? null),
    put(name, secret) {
      secrets.set(name, secret);
      return this.state();
    },
    async forget(name) {
      secrets.delete(name);
    },
  };
}

/** What is sealed: with its name, so that a record moved to another name in the file is none. */
const Sealed = z.tuple([z.string(), z.string()]);

/**
 * Secrets in Podium's file, one row each and each sealed on its own, so that one that cannot be opened costs no other. What
 * cannot be sealed stays in memory and is tried again the next time it is put.
 */
export function createVault(sealing: Sealing, database: Database, log: Log): Vault {
  const unsealed = new Map<string, string>();
  let writes: Promise<unknown> = Promise.resolve();
  let asking: Promise<string | null> | null = null;

  async function whyNot(): Promise<string | null> {
    if (!database.writable) return 'another Podium on this computer keeps them';
    return askKeyring().catch((thrown: unknown) => said(thrown));
  }

  /** Who asks while it is asked waits for the same answer: a locked keyring asks for its password once. */
  function askKeyring(): Promise<string | null> {
    asking ??= sealing.whyNot().finally(() => {
      asking = null;
    });
    return asking;
  }

  async function sealAndKeep(name: string, secret: string): Promise<string | null> {
    const why = await whyNot();
    if (why !== null) return why;
    try {
      const sealed = await sealing.seal(JSON.stringify([name, secret] satisfies z.infer<typeof Sealed>));
      database
        .sql()
        ?.prepare(
          'INSERT INTO secrets VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed',
        )
        .run(name, sealed);
      return null;
    } catch (thrown) {
      return said(thrown);
    }
  }

  function drop(name: string): void {
    if (database.writable) database.sql()?.prepare('DELETE FROM secrets WHERE name = ?').run(name);
  }

  /** One after the other: a secret that is forgotten while it is sealed stays forgotten. */
  function inTurn<T>(write: () => Promise<T>): Promise<T> {
    const done = writes.then(write);
    writes = done.catch(() => undefined);
    return done;
  }

  async function open(name: string, sealed: string): Promise<string | null> {
    if ((await askKeyring()) !== null) return null;
    const { text, isOld } = await sealing.open(sealed);
    const [itsName, secret] = Sealed.parse(JSON.parse(text));
    if (itsName !== name) throw new Error('it was sealed under another name');
    if (isOld) void inTurn(() => resealed(name, sealed, text));
    return secret;
  }

  /** Unless it was put anew meanwhile. One that cannot be sealed again is kept as it is. */
  async function resealed(name: string, before: string, text: string): Promise<void> {
    try {
      const sealed = await sealing.seal(text);
      database
        .sql()
        ?.prepare('UPDATE secrets SET sealed = ? WHERE name = ? AND sealed = ?')
        .run(sealed, name, before);
    } catch (thrown) {
      log.warn('A secret could not be sealed with the new key', { name, why: said(thrown) });
    }
  }

  return {
    async state() {
      const why = await whyNot();
      return { where: why === null ? 'computer' : 'memory', why };
    },
    async read(name) {
      const inMemory = unsealed.get(name);
      if (inMemory !== undefined) return inMemory;
      try {
        const row = database.sql()?.prepare('SELECT sealed FROM secrets WHERE name = ?').get(name);
        return row === undefined ? null : await open(name, String(row['sealed']));
      } catch (thrown) {
        // Its text may be in what a parser says of it.
        const why = thrown instanceof SyntaxError || thrown instanceof z.ZodError ? 'it is no record' : null;
        log.warn('A secret could not be opened; it has to be typed again', {
          name,
          why: why ?? said(thrown),
        });
        return null;
      }
    },
    put: (name, secret) =>
      inTurn(async () => {
        const why = await sealAndKeep(name, secret);
        if (why === null) unsealed.delete(name);
        else {
          unsealed.set(name, secret);
          // The next start is not to find an older one in its place.
          drop(name);
        }
        return { where: why === null ? 'computer' : 'memory', why };
      }),
    forget: (name) =>
      inTurn(async () => {
        unsealed.delete(name);
        drop(name);
      }),
  };
}

function said(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

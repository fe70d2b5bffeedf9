import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { notUsable } from './dataFolder.ts';

const currentVersion = 1;
/** SQLite's own number for what another process holds. */
const busy = 5;
/** The locks of this process. A connection that nothing refers to is collected, and its lock would go with it. */
const held = new Set<DatabaseSync>();

/** Podium's file of operations and settings, with the lock that makes this process its only writer. */
export interface Database extends Disposable {
  /** False when another process writes here; then nothing is written. */
  readonly writable: boolean;
  /** Null while a process that only reads has found no file yet. */
  sql(): DatabaseSync | null;
}

/** Opens the file in the data folder. The second process on one folder gets it to read only. */
export function openDatabase(folder: string): Database {
  const lock = takeLock(join(folder, 'writer.lock'));
  const path = join(folder, 'podium.sqlite');
  let database = lock === null ? null : openOrRelease(path, lock);
  return {
    writable: lock !== null,
    sql: () => (database ??= openToRead(path)),
    [Symbol.dispose]() {
      database?.close();
      if (lock !== null) release(lock);
    },
  };
}

/**
 * Holds an exclusive transaction on a file of its own for as long as this process lives. The operating system lets
 * go of it when the process dies, however it dies, so no stale lock is ever left behind. Null when another has it.
 */
function takeLock(path: string): DatabaseSync | null {
  let lock: DatabaseSync | null = null;
  try {
    createPrivate(path);
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    held.add(lock);
    return lock;
  } catch (cause) {
    lock?.close();
    if (cause instanceof Error && Reflect.get(cause, 'errcode') === busy) return null;
    throw notUsable(
      path,
      cause,
      'Without a journal nothing could be undone, so Podium does not start. Make room there, or set PODIUM_DATA to another folder.',
    );
  }
}

function release(lock: DatabaseSync): void {
  held.delete(lock);
  lock.close();
}

function openOrRelease(path: string, lock: DatabaseSync): DatabaseSync {
  try {
    return openToWrite(path);
  } catch (cause) {
    release(lock);
    throw cause;
  }
}

function openToWrite(path: string): DatabaseSync {
  createPrivate(path);
  const database = new DatabaseSync(path, { timeout: 2_000 });
  try {
    // FULL makes every commit reach the disk before it returns: the journal is written before the cluster is.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    const version = versionOf(database);
    if (version > currentVersion) throw new Error(`it was written by a newer Podium (format ${version})`);
    createTables(database);
    return database;
  } catch (cause) {
    database.close();
    throw notUsable(
      path,
      cause,
      'Nothing was changed. Move the file away, or set PODIUM_DATA to another folder, and start again.',
    );
  }
}

function createTables(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE IF NOT EXISTS operations (
      id TEXT PRIMARY KEY, at INTEGER NOT NULL, connection TEXT NOT NULL, service TEXT NOT NULL,
      state TEXT NOT NULL, search TEXT NOT NULL, record TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS operationsByTime ON operations (at DESC);
    CREATE TABLE IF NOT EXISTS canaries (id TEXT PRIMARY KEY, at INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS pictures (connection TEXT PRIMARY KEY, picture TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, sealed TEXT NOT NULL) STRICT;
    PRAGMA user_version = ${currentVersion};
  `);
}

function openToRead(path: string): DatabaseSync | null {
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 2_000 });
    // Without this a file that the writer is just making would be read before it has its tables.
    if (versionOf(database) === currentVersion) return database;
    database.close();
    return null;
  } catch {
    return null;
  }
}

function versionOf(database: DatabaseSync): number {
  const row = database.prepare('PRAGMA user_version').get();
  return Number(row?.['user_version'] ?? 0);
}

/** SQLite gives its side files the mode of the file itself, so that one is made private before SQLite sees it. */
function createPrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
}

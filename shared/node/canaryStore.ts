import type { CanaryStore, Log } from '../core/ports.ts';
import { Canary } from '../model/watch.ts';
import type { Database } from './database.ts';
import { writable } from './journalStore.ts';

/** Guided canaries beside the journal: a call returns when its data is on the disk. */
export function createCanaryStore(database: Database, log: Log): CanaryStore {
  return {
    async put(canary) {
      writable(database)
        .prepare(
          'INSERT INTO canaries (id, at, record) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record',
        )
        .run(canary.id, canary.startedAt, JSON.stringify(canary));
    },

    async list(limit) {
      const rows = database
        .sql()
        ?.prepare('SELECT id, record FROM canaries ORDER BY at DESC, rowid DESC LIMIT ?')
        .all(limit);
      return (rows ?? []).map((row) => parse(row, log)).filter((canary) => canary !== null);
    },
  };
}

function parse(row: Record<string, unknown>, log: Log): Canary | null {
  try {
    return Canary.parse(JSON.parse(String(row['record'])));
  } catch {
    log.error('A guided canary could not be read', { id: String(row['id']) });
    return null;
  }
}

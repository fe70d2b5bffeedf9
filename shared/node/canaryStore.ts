import type { SQLInputValue } from 'node:sqlite';
import type { CanaryStore, Log } from '../core/ports.ts';
import { Canary, openCanaryStates } from '../model/watch.ts';
import type { Database } from './database.ts';
import { writable } from './journalStore.ts';

/** Guided canaries beside the journal: a call returns when its data is on the disk. */
export function createCanaryStore(database: Database, log: Log): CanaryStore {
  const read = (rest: string, ...values: readonly SQLInputValue[]): Canary[] => {
    const rows = database
      .sql()
      ?.prepare(`SELECT id, record FROM canaries ${rest}`)
      .all(...values);
    return (rows ?? []).map((row) => parse(row, log)).filter((canary) => canary !== null);
  };

  return {
    async put(canary) {
      writable(database)
        .prepare(
          'INSERT INTO canaries (id, at, record) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record',
        )
        .run(canary.id, canary.startedAt, JSON.stringify(canary));
    },

    async open() {
      // A line that is no JSON would fail the whole query.
      const state = "CASE WHEN json_valid(record) THEN json_extract(record, '$.state') END";
      const marks = openCanaryStates.map(() => '?').join(', ');
      return read(`WHERE ${state} IN (${marks}) ORDER BY at DESC, rowid DESC`, ...openCanaryStates);
    },

    async list(limit) {
      return read('ORDER BY at DESC, rowid DESC LIMIT ?', limit);
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

import type { Log, SettingsStore } from '../core/ports.ts';
import { defaultSettings, Settings } from '../model/settings.ts';
import type { Database } from './database.ts';

/**
 * Settings, one row for each key, so that one that cannot be read costs no other. A process that may not write keeps
 * its own until it ends.
 */
export function createSettingsStore(database: Database, log: Log): SettingsStore {
  let unsaved: Settings | null = null;
  return {
    async read() {
      if (unsaved !== null) return unsaved;
      const rows = database.sql()?.prepare('SELECT name, value FROM settings').all() ?? [];
      return rows.reduce((settings, row) => withRow(settings, row, log), defaultSettings);
    },

    async write(settings) {
      const sql = database.sql();
      if (!database.writable || sql === null) {
        unsaved = settings;
        return;
      }
      const put = sql.prepare(
        'INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      );
      sql.exec('BEGIN IMMEDIATE');
      try {
        for (const [name, value] of Object.entries(settings)) put.run(name, JSON.stringify(value));
        sql.exec('COMMIT');
      } catch (cause) {
        sql.exec('ROLLBACK');
        throw cause;
      }
    },
  };
}

function withRow(settings: Settings, row: Record<string, unknown>, log: Log): Settings {
  const name = String(row['name']);
  try {
    const value: unknown = JSON.parse(String(row['value']));
    const parsed = Settings.partial()
      .strict()
      .parse({ [name]: value });
    return { ...settings, ...(parsed as Partial<Settings>) }; // parsed has exactly the one key, with a value
  } catch {
    log.warn('A setting could not be read; its default is used', { name });
    return settings;
  }
}

import type { Log, PictureStore } from '../core/ports.ts';
import { LastPicture } from '../model/graph.ts';
import type { Database } from './database.ts';

/** The last map of each connection, one row each. A row of another format is no picture; it is overwritten in time. */
export function createPictureStore(database: Database, log: Log): PictureStore {
  return {
    async read(connectionTitle) {
      const row = database
        .sql()
        ?.prepare('SELECT picture FROM pictures WHERE connection = ?')
        .get(connectionTitle);
      if (row === undefined) return null;
      const parsed = LastPicture.safeParse(JSON.parse(String(row['picture'])));
      if (parsed.success) return parsed.data;
      log.warn('The last map of a connection could not be read', { connectionTitle });
      return null;
    },

    async write(connectionTitle, picture) {
      const sql = database.sql();
      if (!database.writable || sql === null) return;
      sql
        .prepare(
          'INSERT INTO pictures VALUES (?, ?) ON CONFLICT (connection) DO UPDATE SET picture = excluded.picture',
        )
        .run(connectionTitle, JSON.stringify(picture));
    },

    async forget(connectionTitle) {
      if (database.writable)
        database.sql()?.prepare('DELETE FROM pictures WHERE connection = ?').run(connectionTitle);
    },
  };
}

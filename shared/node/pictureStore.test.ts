import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { createPictureStore } from './pictureStore.ts';

test('the last map of a connection is there at the next start, and no other’s', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'podium-pictures-'));
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const picture = { at: 5, services: [], calls: [] };
  try {
    {
      using database = openDatabase(folder);
      await createPictureStore(database, log).write('prod', picture);
    }
    using database = openDatabase(folder);
    expect(await createPictureStore(database, log).read('prod')).toEqual(picture);
    expect(await createPictureStore(database, log).read('staging')).toBeNull();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

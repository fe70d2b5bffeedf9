import { expect, test } from 'vitest';
import { createMemoryPorts } from '../../test/support/memoryPorts.ts';
import { defaultSettings, type Settings } from '../model/settings.ts';
import { createSettingsKeeper } from './settings.ts';

/** A disk that refuses while it is told to. */
function createDisk() {
  const disk = { kept: defaultSettings, full: false };
  return {
    disk,
    settings: {
      read: async () => disk.kept,
      write: async (next: Settings) => {
        await Promise.resolve();
        if (disk.full) throw new Error('ENOSPC: no space left on device, write');
        disk.kept = next;
      },
    },
  };
}

test('what the disk refuses leaves memory as it was, wakes nobody, and says so', async () => {
  const { disk, settings } = createDisk();
  const keeper = await createSettingsKeeper({ settings, log: createMemoryPorts().log });
  await keeper.write({ tourDone: true });
  const seen = keeper.changes.count;
  disk.full = true;
  await expect(keeper.write({ tourDone: false, environments: { a: 'production' } })).rejects.toThrow(
    /Keeping what you set: ENOSPC.*Everything is as it was/,
  );
  expect(keeper.current).toEqual({ ...defaultSettings, tourDone: true });
  expect(keeper.changes.count).toBe(seen);
  disk.full = false;
  await keeper.write({ environments: { b: 'staging' } });
  expect(keeper.current).toEqual({ ...defaultSettings, tourDone: true, environments: { b: 'staging' } });
  expect(disk.kept).toEqual(keeper.current);
});

test('two changes of one key at the same moment are both kept', async () => {
  const { disk, settings } = createDisk();
  const keeper = await createSettingsKeeper({ settings, log: createMemoryPorts().log });
  await Promise.all(
    ['a', 'b'].map((title) =>
      keeper.write(({ environments }) => ({ environments: { ...environments, [title]: 'staging' } })),
    ),
  );
  expect(disk.kept.environments).toEqual({ a: 'staging', b: 'staging' });
  expect(keeper.current.environments).toEqual({ a: 'staging', b: 'staging' });
});

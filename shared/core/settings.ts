import type { Settings } from '../model/settings.ts';
import { defaultSettings } from '../model/settings.ts';
import type { Ports } from './ports.ts';
import { createPulse, type Pulse } from './pulse.ts';

/** What is remembered, in memory and on disk. Writes are serialised; an unreadable file leaves the defaults and says so. */
export interface SettingsKeeper {
  /** Moves with every write. */
  readonly changes: Pulse;
  readonly current: Settings;
  write(change: Partial<Settings>): Promise<void>;
}

/** Reads what was remembered; the file is never rewritten unless something changes. */
export async function createSettingsKeeper(ports: Pick<Ports, 'settings' | 'log'>): Promise<SettingsKeeper> {
  let current = defaultSettings;
  try {
    current = await ports.settings.read();
  } catch (thrown) {
    ports.log.warn('settings could not be read; defaults are used', { why: String(thrown) });
  }
  const changes = createPulse();
  let queue: Promise<unknown> = Promise.resolve();
  return {
    changes,
    get current() {
      return current;
    },
    write(change) {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      current = { ...current, ...given };
      const next = current;
      changes.bump();
      const done = queue.then(() => ports.settings.write(next));
      queue = done.catch(() => undefined);
      return done;
    },
  };
}

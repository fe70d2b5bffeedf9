import { sayError } from '../connectors/kit/peerError.ts';
import type { Settings } from '../model/settings.ts';
import { defaultSettings } from '../model/settings.ts';
import type { Ports } from './ports.ts';
import { createPulse, type Pulse } from './pulse.ts';
import { Refusal } from './refusal.ts';

/** Some keys anew, or what they become from what is remembered when their turn comes. */
export type SettingsChange = Partial<Settings> | ((current: Settings) => Partial<Settings>);

/** What is remembered, in memory and on disk. Writes are serialised; an unreadable file leaves the defaults and says so. */
export interface SettingsKeeper {
  /** Moves with every write. */
  readonly changes: Pulse;
  readonly current: Settings;
  /** Disk first: what could not be kept is not in force either. Throws a `Refusal` that says so. */
  write(change: SettingsChange): Promise<void>;
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

  async function keep(change: SettingsChange): Promise<void> {
    const asked = typeof change === 'function' ? change(current) : change;
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
    const next = { ...current, ...given };
    try {
      await ports.settings.write(next);
    } catch (thrown) {
      ports.log.warn('settings could not be kept', { why: String(thrown) });
      const why = sayError(thrown, 'Keeping what you set');
      throw new Refusal('REFUSED', `${why}. Everything is as it was; see whether the disk is full.`, {
        cause: thrown,
      });
    }
    current = next;
    changes.bump();
  }

  return {
    changes,
    get current() {
      return current;
    },
    write(change) {
      const done = queue.then(() => keep(change));
      queue = done.catch(() => undefined);
      return done;
    },
  };
}

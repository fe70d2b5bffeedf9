import { create } from 'zustand';
import { defaultSettings, type Settings } from '../../shared/model/settings.ts';
import { ask } from '../client/link.ts';
import { useLink } from '../client/link.ts';

/** What the console remembers for the operator. `read` is false until it has told. */
export const useSettings = create<{ readonly settings: Settings; readonly read: boolean }>(() => ({
  settings: defaultSettings,
  read: false,
}));

/** Reads the settings once a line is open; resolves when they are there. */
export function readSettings(): Promise<Settings> {
  return new Promise((resolve) => {
    const tryNow = (): void => {
      if (useLink.getState().client === null || useSettings.getState().read) return;
      void ask((client) => client.settings.read())
        .then((settings) => {
          stop();
          useSettings.setState({ settings, read: true });
          resolve(settings);
        })
        // The next line that opens tries again.
        .catch(() => undefined);
    };
    const stop = useLink.subscribe(tryNow);
    tryNow();
  });
}

/** Changes what is remembered, here at once and in the console as soon as it can be reached; what it refuses is put back. */
export async function writeSettings(part: Partial<Settings>): Promise<void> {
  const { settings: before } = useSettings.getState();
  useSettings.setState((state) => ({ settings: { ...state.settings, ...part } }));
  try {
    await ask((client) => client.settings.write(part));
  } catch (error) {
    putBack(part, before);
    throw error;
  }
}

/** Reads what is remembered again: the console changes some of it by itself. */
export async function refreshSettings(): Promise<void> {
  const settings = await ask((client) => client.settings.read());
  useSettings.setState({ settings, read: true });
}

/** Only what nobody changed since. */
function putBack(part: Partial<Settings>, before: Settings): void {
  useSettings.setState(({ settings }) => {
    const now: Readonly<Record<string, unknown>> = settings;
    const was: Readonly<Record<string, unknown>> = before;
    const refused = Object.entries(part).filter(([key, value]) => now[key] === value);
    return { settings: { ...settings, ...Object.fromEntries(refused.map(([key]) => [key, was[key]])) } };
  });
}

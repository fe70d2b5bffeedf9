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

/** Changes what is remembered, here at once and in the console as soon as it can be reached. */
export function writeSettings(part: Partial<Settings>): Promise<void> {
  useSettings.setState((state) => ({ settings: { ...state.settings, ...part } }));
  return ask((client) => client.settings.write(part));
}

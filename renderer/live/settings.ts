import { create } from 'zustand';
import { withMarks } from '../../shared/analysis/withMarks.ts';
import { defaultSettings, type Marks, type Settings } from '../../shared/model/settings.ts';
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

/** Writes on their way. */
let pending = 0;
let isRefused = false;
/** What the console is known to have kept. */
let confirmed = defaultSettings;

/** Changes what is remembered, here at once and in the console as soon as it can be reached; what it refuses is put back. */
export function writeSettings(part: Partial<Settings>): Promise<void> {
  return write(
    () => part,
    () => ask((client) => client.settings.write(part)),
  );
}

/** Sets single entries, so that what another window set beside them stays, and takes that up. */
export async function markSettings(marks: Marks): Promise<void> {
  await write(
    (settings) => withMarks(settings, marks),
    () => ask((client) => client.settings.mark(marks)),
  );
  await refreshSettings().catch(() => undefined);
}

async function write(
  change: (settings: Settings) => Partial<Settings>,
  send: () => Promise<unknown>,
): Promise<void> {
  if (pending === 0) confirmed = useSettings.getState().settings;
  pending += 1;
  useSettings.setState(({ settings }) => ({ settings: { ...settings, ...change(settings) } }));
  try {
    await send();
    confirmed = { ...confirmed, ...change(confirmed) };
  } catch (error) {
    isRefused = true;
    throw error;
  } finally {
    pending -= 1;
    if (pending === 0 && isRefused) putBack();
  }
}

/** Several refused in a row saw each other's: what is known to be kept, and then what is. */
function putBack(): void {
  isRefused = false;
  useSettings.setState({ settings: confirmed });
  void refreshSettings().catch(() => undefined);
}

/** Reads what is remembered again: the console changes some of it by itself, and other windows do. */
export async function refreshSettings(): Promise<void> {
  const settings = await ask((client) => client.settings.read());
  // What is on its way is newer than what was read.
  if (pending === 0) useSettings.setState({ settings, read: true });
}

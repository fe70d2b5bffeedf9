import type { ElectronApplication } from '@playwright/test';

/** What tests note in the main process. */
interface Notes {
  readonly asked: string[];
  answer: number;
}

type WithNotes = typeof globalThis & { podiumNotes: Notes };

/** Listens to the questions of the main process from here on, and answers each with the n-th button. */
export function answerWith(app: ElectronApplication, button: number): Promise<void> {
  return app.evaluate(({ dialog }, answer) => {
    const notes = ((globalThis as WithNotes).podiumNotes ??= { asked: [], answer });
    notes.answer = answer;
    dialog.showMessageBoxSync = (...args: unknown[]) => {
      const { message, detail = '', buttons = [] } = args.at(-1) as Electron.MessageBoxSyncOptions;
      notes.asked.push([message, detail, buttons.join(' | ')].join('\n'));
      return notes.answer;
    };
  }, button);
}

/** What was asked until now. */
export function asked(app: ElectronApplication): Promise<string[]> {
  return app.evaluate(() => (globalThis as WithNotes).podiumNotes.asked);
}

/** How many holds keep the machine from sleeping just now. */
export function holdsOnSleep(app: ElectronApplication): Promise<number> {
  return app.evaluate(
    ({ powerSaveBlocker }) =>
      Array.from({ length: 50 }, (_, id) => id).filter((id) => powerSaveBlocker.isStarted(id)).length,
  );
}

/** Quits as the menu does. Who ends does not answer. */
export function quit(app: ElectronApplication): Promise<void> {
  return app.evaluate(({ app: it }) => it.quit()).catch(() => undefined);
}

import type { ElectronApplication } from '@playwright/test';

/** What tests note in the main process. */
interface Notes {
  readonly asked: string[];
  answers: readonly number[];
}

type WithNotes = typeof globalThis & { podiumNotes: Notes };

/** Listens to the questions of the main process from here on, and answers them with these buttons in turn, the last one ever after. */
export function answerWith(app: ElectronApplication, ...buttons: readonly number[]): Promise<void> {
  return app.evaluate(({ dialog }, answers) => {
    const notes = ((globalThis as WithNotes).podiumNotes ??= { asked: [], answers });
    notes.answers = answers;
    dialog.showMessageBoxSync = (...args: unknown[]) => {
      const { message, detail = '', buttons = [] } = args.at(-1) as Electron.MessageBoxSyncOptions;
      notes.asked.push([message, detail, buttons.join(' | ')].join('\n'));
      const [answer = 0, ...later] = notes.answers;
      if (later.length > 0) notes.answers = later;
      return answer;
    };
  }, buttons);
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

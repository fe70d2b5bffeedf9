import { dialog, powerSaveBlocker } from 'electron/main';

/** Keeps the machine awake while trips are held, and asks before Podium quits over them. */
export interface HeldTrips {
  /** Takes the titles of the trips that are held now. */
  take(titles: readonly string[]): void;
  /** False where the operator stays to see them end. */
  mayQuit(): boolean;
}

/** The display may sleep; only the machine is kept awake. */
export function createHeldTrips(): HeldTrips {
  let held: readonly string[] = [];
  let blocker: number | null = null;
  return {
    take(titles) {
      held = titles;
      if (titles.length > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension');
      else if (blocker !== null) {
        powerSaveBlocker.stop(blocker);
        blocker = null;
      }
    },
    mayQuit() {
      if (held.length === 0) return true;
      const answer = dialog.showMessageBoxSync({
        type: 'warning',
        message: held.length === 1 ? 'A trip is still held' : `${held.length} trips are still held`,
        detail: `${held.slice(0, 5).join('\n')}\n\nNobody ends them at their deadline while Podium is closed, unless another Podium with rights runs. They are ended first thing at the next start.`,
        buttons: ['Stay', 'Quit and leave them'],
        defaultId: 0,
        cancelId: 0,
      });
      return answer === 1;
    },
  };
}

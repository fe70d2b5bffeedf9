import { dialog, type BrowserWindow } from 'electron/main';

/** A page that lived this long does not fall at once again. */
const soonMs = 5 * 60_000;

/** Decides over windows whose page ended by itself. */
export interface Falls {
  /** Whether another window is opened. Of one that falls soon after the last one the operator is asked. */
  isOpenedAgain(why: string): boolean;
}

/** Remembers the last fall. */
export function createFalls(now: () => number = () => performance.now()): Falls {
  let lastAt = -Infinity;
  return {
    isOpenedAgain(why) {
      const isSoon = now() - lastAt < soonMs;
      lastAt = now();
      if (!isSoon) return true;
      const answer = dialog.showMessageBoxSync({
        type: 'error',
        message: 'Podium’s window ended by itself again',
        detail: `The system says: ${why}. Nothing is lost by opening it again: what Podium looks after goes on without its window.`,
        buttons: ['Open it again', 'Quit'],
        defaultId: 0,
        cancelId: 0,
      });
      lastAt = now();
      return answer === 0;
    },
  };
}

/** Whether no window has a page: none is open, or what stands there has fallen. */
export function isNothingShown(windows: readonly Pick<BrowserWindow, 'webContents'>[]): boolean {
  return windows.every(({ webContents }) => webContents.isCrashed());
}

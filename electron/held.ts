import { dialog, powerSaveBlocker } from 'electron/main';
import type { Kept } from '../shared/core/ports.ts';

/** Keeps the machine awake while the console looks after something, and asks before Podium quits over it. */
export interface Held {
  /** Takes what is looked after now. */
  take(kept: readonly Kept[]): void;
  /** False where the operator stays to see it end. */
  mayQuit(): boolean;
}

/** The display may sleep; only the machine is kept awake. */
export function createHeld(): Held {
  let held: readonly Kept[] = [];
  let blocker: number | null = null;
  return {
    take(kept) {
      held = kept;
      if (kept.length > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension');
      else if (blocker !== null) {
        powerSaveBlocker.stop(blocker);
        blocker = null;
      }
    },
    mayQuit() {
      if (held.length === 0) return true;
      const answer = dialog.showMessageBoxSync({
        type: 'warning',
        message: questionOver(held),
        detail: consequencesOf(held),
        buttons: ['Stay', 'Quit and leave them'],
        defaultId: 0,
        cancelId: 0,
      });
      return answer === 1;
    },
  };
}

function questionOver(held: readonly Kept[]): string {
  const trips = held.filter(({ kind }) => kind === 'trip').length;
  if (trips === 1) return 'A trip is still held';
  if (trips > 1) return `${trips} trips are still held`;
  return held.length === 1
    ? 'A change is still looked after'
    : `${held.length} changes are still looked after`;
}

function consequencesOf(held: readonly Kept[]): string {
  const titles = held.slice(0, 5).map(({ title }) => title);
  if (held.length > titles.length) titles.push(`and ${held.length - titles.length} more`);
  const said = [titles.join('\n')];
  if (held.some(({ kind }) => kind === 'trip'))
    said.push(
      'Nobody ends a trip at its deadline while Podium is closed, unless another Podium with rights runs. It is ended first thing at the next start, once its connection is open.',
    );
  if (held.some(({ kind }) => kind !== 'trip'))
    said.push(
      'Nobody watches a change, takes it back or goes on with a canary while Podium is closed. That is taken up at the next start, once the connection is open.',
    );
  return said.join('\n\n');
}

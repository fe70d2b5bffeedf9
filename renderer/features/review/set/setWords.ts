import { formatCount } from '../../../ui/format.ts';
import type { ChangeSet } from '../../../../shared/model/watch.ts';

/** What became of a set as a whole; empty while it goes on. */
export function outcomeOf({ items, cutOff, finishedAt }: ChangeSet): string {
  const count = (...states: readonly ChangeSet['items'][number]['state'][]) =>
    items.filter(({ state }) => states.includes(state)).length;
  const all = formatCount(items.length, 'change');
  const written = count('written', 'undone');
  if (cutOff) {
    const open = count('unknown');
    const known = `Podium ended in the middle of it: ${written} of ${all} ${were(written)} written`;
    const rest = [
      ...(open === 0 ? [] : [`of ${open} that is not known yet (its connection has to be open)`]),
      ...(count('neverBegun') === 0
        ? []
        : [`${count('neverBegun')} ${were(count('neverBegun'))} never begun`]),
    ];
    return `${[known, ...rest].join(', ')}.`;
  }
  if (finishedAt === null) return '';
  if (written === items.length) return written === 1 ? 'It was written.' : `All ${all} were written.`;
  return `${written} of ${all} ${were(written)} written; the rest was not tried.`;
}

/** Whether there is something of it to take back. */
export const hasToUndo = ({ items, finishedAt, cutOff }: ChangeSet): boolean =>
  (finishedAt !== null || cutOff) && items.some(({ state }) => state === 'written' || state === 'partly');

const were = (count: number): string => (count === 1 ? 'was' : 'were');

import type { Provenance } from '../model/signals.ts';
import { formatAge } from './formats.ts';

/** Over what figures were taken. */
export type FiguresTaken = Pick<Provenance, 'observedAt' | 'windowSeconds'>;

/** "12 s ago; the figures cover 60 s, so part of them is older"; null where they are not, or nobody says when it was changed. */
export function sayReachBefore(
  changedAt: number | null,
  taken: readonly FiguresTaken[],
  now: number,
): string | null {
  if (changedAt === null) return null;
  const longest = longestOver(changedAt, taken);
  if (longest === null) return null;
  return `${formatAge(now - changedAt)} ago; the figures cover ${longest} s, so part of them is older`;
}

/** The longest window, in seconds, that still reaches back over the change; null where none does. */
function longestOver(changedAt: number, taken: readonly FiguresTaken[]): number | null {
  const windows = taken
    .filter(({ observedAt, windowSeconds }) => observedAt - windowSeconds * 1000 < changedAt)
    .map(({ windowSeconds }) => windowSeconds);
  return windows.length === 0 ? null : Math.max(...windows);
}

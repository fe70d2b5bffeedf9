import { formatCountdown } from '../../../shared/analysis/heldTrips.ts';
import type { Canary, Holding } from '../../../shared/model/watch.ts';
import { formatCount } from '../../ui/format.ts';

/** Whether it will not end by itself as it should. */
export function needsHand(state: Holding['state'] | Canary['state']): boolean {
  return state === 'stuck' || state === 'changed';
}

/** What the chip says of canaries, of watches, and of changes that are kept for a while; null while there are none. */
export function watchChipWords(
  canaries: readonly Pick<Canary, 'state'>[],
  watched: readonly Pick<Holding, 'kind' | 'state' | 'until'>[],
  now: number,
): { readonly alarm: boolean; readonly what: string; readonly countdown: string | null } | null {
  const count = (kind: Holding['kind']) => watched.filter((holding) => holding.kind === kind).length;
  const words = [
    canaries.length === 0 ? '' : formatCount(canaries.length, 'canary', 'canaries'),
    count('watch') === 0 ? '' : `${count('watch')} watched`,
    count('expiry') === 0 ? '' : `${count('expiry')} kept for a while`,
  ].filter((word) => word !== '');
  if (words.length === 0) return null;
  const first = watched.length === 0 ? null : Math.min(...watched.map(({ until }) => until));
  return {
    alarm: [...canaries, ...watched].some(({ state }) => needsHand(state)),
    what: words.join(', '),
    countdown: first === null ? null : formatCountdown(first - now),
  };
}

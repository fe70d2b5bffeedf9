import { formatCountdown } from '../../../shared/analysis/heldTrips.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';

/** How a trip stands, in a tone and words. */
export interface HeldLook {
  /** `held`: as it should be; `late`: it should have ended and has not. */
  readonly state: 'held' | 'late';
  readonly countdown: string;
  /** What to do about it; null while all is well. */
  readonly advice: string | null;
}

/** Peers answer and documents travel in seconds: so long after its deadline a trip is merely ending. */
const graceMs = 15_000;

/** How a trip stands now. */
export function heldLook({ until }: Pick<HeldTrip, 'until'>, now: number): HeldLook {
  const leftMs = until - now;
  if (leftMs > 0) return { state: 'held', countdown: formatCountdown(leftMs), advice: null };
  if (leftMs > -graceMs) return { state: 'held', countdown: 'ending', advice: null };
  return {
    state: 'late',
    countdown: `late by ${formatCountdown(-leftMs)}`,
    advice: 'It should have ended, and its document still carries it. End it by hand.',
  };
}

/** "order → payment", "all callers → payment". */
export function heldTitle(trip: Pick<HeldTrip, 'caller' | 'host'>, calleeName: string | null): string {
  return `${trip.caller?.name ?? 'all callers'} → ${calleeName ?? trip.host}`;
}

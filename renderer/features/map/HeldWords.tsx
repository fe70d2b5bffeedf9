import { formatCountdown } from '../../../shared/analysis/heldTrips.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import { useNow } from '../../live/clock.ts';

/** "held 4:32": a part of its own, so that only it is drawn anew each second. */
export function HeldCountdown({ trip }: { readonly trip: HeldTrip }) {
  const leftMs = trip.until - useNow();
  return <>{leftMs > 0 ? `held ${formatCountdown(leftMs)}` : 'held, time is over'}</>;
}

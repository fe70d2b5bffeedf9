import { formatCountdown } from '../../../shared/analysis/heldTrips.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import { useNow } from '../../live/clock.ts';

/** "held 4:32", where there is little room the sign and "4:32": a part of its own, so that only it is drawn anew each second. */
export function HeldCountdown({ trip }: { readonly trip: HeldTrip }) {
  const leftMs = trip.until - useNow();
  return (
    <>
      <HeldSwitch />
      <span className="heldWord">held </span>
      {leftMs > 0 ? formatCountdown(leftMs) : 'time is over'}
    </>
  );
}

/** A switch that stands open: drawn only for what we hold ourselves. */
function HeldSwitch() {
  return (
    <svg className="heldSwitch" viewBox="0 0 26 16" aria-hidden="true">
      <rect
        x="1"
        y="1"
        width="24"
        height="14"
        rx="7"
        fill="var(--canvas)"
        stroke="var(--pending)"
        strokeWidth="1.4"
      />
      <circle cx="7.5" cy="9.5" r="2" fill="var(--pending)" />
      <circle cx="18.5" cy="9.5" r="2" fill="var(--pending)" />
      <path d="M7.5 9.5 15.5 4.5" stroke="var(--pending)" strokeWidth="1.6" strokeLinecap="round" />
    </svg>
  );
}

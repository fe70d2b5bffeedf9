import { aheadOf } from '../../connectors/kit/aheadOf.ts';
import type { HeldTrip } from '../../model/trip.ts';
import { isolationsOf } from '../isolations.ts';
import type { Source } from '../sources.ts';

/** The time of the peer that holds a connection's trips, its own control's first; null while it is not known. */
export function serverNow({ sources }: { readonly sources: readonly Source[] }): number | null {
  return isolationsOf({ sources })[0]?.serverNow() ?? null;
}

/** A trip with its times by this machine's clock, as windows count them down. */
export function byThisClock(trip: HeldTrip, there: number | null, here: number): HeldTrip {
  const ahead = aheadOf(there, here);
  return {
    ...trip,
    until: trip.until - ahead,
    since: trip.since === null ? null : trip.since - ahead,
    timeDoubt: there === null,
  };
}

import type { TripMechanism } from '../../../model/trip.ts';
import type { BreakerVerb } from '../api.ts';
import type { BreakerState } from '../breakers.ts';

export type BreakerTrip = Extract<TripMechanism, { kind: 'breaker' }>;

/** The state that is read where a trip is held. */
export const stateOf = (state: BreakerTrip['state']): 'FORCED_OPEN' | 'DISABLED' =>
  state === 'forcedOpen' ? 'FORCED_OPEN' : 'DISABLED';

/** The verb that leads to a state; it is spelt unlike the state. */
export function verbFor(state: 'FORCED_OPEN' | 'DISABLED' | 'CLOSED'): BreakerVerb {
  switch (state) {
    case 'FORCED_OPEN':
      return 'FORCE_OPEN';
    case 'DISABLED':
      return 'DISABLE';
    case 'CLOSED':
      return 'CLOSE';
  }
}

/** States that a breaker never leaves by itself. */
export const isForced = (state: BreakerState): boolean => state === 'FORCED_OPEN' || state === 'DISABLED';

import { formatCountdown, tripAnswer } from '../../../shared/analysis/heldTrips.ts';
import type { CallId, EntityId } from '../../../shared/model/entity.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import { useNow } from '../../live/clock.ts';
import { nameOfHostIn, useTripOfCall, useTripsOf } from '../../live/trips.ts';
import { openReview } from '../../state/review.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';

interface HeldNotesProps {
  readonly calleeId: EntityId;
  /** Only what stops this call; null for every trip of the service. */
  readonly callId: CallId | null;
}

/** That calls are held, until when, by whom and why, and the way to end it. */
export function HeldNotes({ calleeId, callId }: HeldNotesProps) {
  const ofCall = useTripOfCall(callId);
  const ofService = useTripsOf(calleeId);
  const trips = callId === null ? ofService : ofCall === null ? [] : [ofCall];
  return trips.map((trip) => <HeldNote key={trip.id} trip={trip} />);
}

function HeldNote({ trip }: { readonly trip: HeldTrip }) {
  const now = useNow();
  const nameOf = nameOfHostIn(trip.connectionId);
  const who = trip.caller === null ? 'all callers' : `calls from ${trip.caller.name}`;
  return (
    <section className="heldNote" aria-label="Held">
      <div>
        <b>
          Held: {plainText(who, 80)}, <span className="num">{formatCountdown(trip.until - now)}</span> left
        </b>
        <p className="muted">
          {plainText(tripAnswer(trip.mechanism, nameOf), 120)} · by {plainText(trip.by, 80)}
          {trip.reason !== '' && `: ${plainText(trip.reason, 200)}`}
        </p>
      </div>
      <Button
        onPress={() => openReview({ kind: 'endTrip', trip, title: `End the trip of ${plainText(who, 80)}` })}
      >
        End trip…
      </Button>
    </section>
  );
}

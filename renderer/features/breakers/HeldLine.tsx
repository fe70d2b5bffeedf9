import { callId } from '../../../shared/analysis/entityIds.ts';
import { tripAnswer } from '../../../shared/analysis/heldTrips.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { useConnection } from '../../live/connections.ts';
import { useNodeId, useService, useTopology } from '../../live/topology.ts';
import { nameOfHostIn } from '../../live/trips.ts';
import { openReview } from '../../state/review.ts';
import { selectCall, selectService } from '../../state/selection.ts';
import { showToast } from '../../state/toasts.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { formatClock, formatUtc } from '../../ui/format.ts';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { heldLook, type HeldRow, heldTitle } from './heldWords.ts';

interface HeldLineProps {
  readonly row: HeldRow;
  readonly now: number;
  readonly close: () => void;
}

/** One held trip: which calls, how much time is left, what they get, who holds them and why, and the way to end it. */
export function HeldLine({ row, now, close }: HeldLineProps) {
  const { trip, holding } = row;
  const callee = useService(useNodeId(trip?.calleeId ?? holding?.serviceId ?? null));
  const connection = useConnection(trip?.connectionId ?? holding?.connection.id ?? null);
  const { state, countdown, advice } = heldLook(row, now);
  const title = plainText(heldTitle(row, callee?.name ?? null), 100);
  const operationId = trip?.operationId ?? holding?.operationId ?? '';
  const end = () => {
    close();
    const words = `End the trip of ${title}`;
    if (trip === null) openReview({ kind: 'undo', operationId, title: words });
    else openReview({ kind: 'endTrip', trip, title: words });
  };
  return (
    <li className={state === 'alarm' ? 'heldLine alarm' : 'heldLine'}>
      <div className="heldHead">
        <Button
          tone="quiet"
          aria-label={`Show ${title} on the map`}
          isDisabled={callee === null}
          onPress={() => {
            close();
            showPage('map');
            if (trip !== null) showTrip(trip);
            else if (callee !== null) selectService(callee.id, { centre: true });
          }}
        >
          {title}
        </Button>
        <span className="num heldCountdown">{countdown}</span>
        <Button aria-label={`End the trip of ${title}`} onPress={end}>
          End…
        </Button>
      </div>
      <p>
        {trip !== null && plainText(tripAnswer(trip.mechanism, nameOfHostIn(trip.connectionId)), 120)}
        {trip !== null && connection !== null && ' · '}
        {connection !== null && <Place title={connection.title} environment={connection.environment} />}
      </p>
      <p className="muted">
        {trip !== null &&
          `by ${plainText(trip.by, 80)}${trip.reason === '' ? '' : `: ${plainText(trip.reason, 200)}`} · `}
        <time dateTime={new Date(row.until).toISOString()} title={formatUtc(row.until)}>
          until {formatClock(row.until)}
        </time>
        {operationId !== '' && (
          <span
            title={plainText(operationId, 60)}
          >{` · operation ${plainText(operationId, 60).slice(0, 8)}`}</span>
        )}
      </p>
      {advice !== null && (
        <div className="heldAdvice" role="alert">
          <p className="toneBad">{plainText(advice, 500)}</p>
          {holding !== null && (holding.state === 'stuck' || holding.state === 'changed') && (
            <Button aria-label={`Leave the trip of ${title} as it is`} onPress={() => leave(operationId)}>
              Leave it
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

function leave(operationId: string): void {
  ask((client) => client.holds.leave({ operationId })).then(
    () => showToast({ tone: 'neutral', text: 'Left as it is: Podium no longer tries to end it.' }),
    (error: unknown) => showToast({ tone: 'bad', text: wordsOfError(error) }),
  );
}

/** The call that is stopped, or the service where every caller is. */
function showTrip(trip: HeldTrip): void {
  if (trip.calleeId === null) return;
  const { services, calls } = useTopology.getState();
  const caller = [...services.values()].find(
    ({ connectionId, name, namespace }) =>
      trip.caller !== null &&
      connectionId === trip.connectionId &&
      name === trip.caller.name &&
      (trip.caller.namespace === null || trip.caller.namespace === namespace),
  );
  const id = caller === undefined ? null : callId(caller.id, trip.calleeId);
  if (id !== null && calls.has(id)) selectCall(id);
  else selectService(trip.calleeId, { centre: true });
}

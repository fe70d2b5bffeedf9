import './breakers.css';
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { tripAnswer } from '../../../shared/analysis/heldTrips.ts';
import { callId } from '../../../shared/analysis/entityIds.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import { useNow } from '../../live/clock.ts';
import { useConnection } from '../../live/connections.ts';
import { useService, useTopology } from '../../live/topology.ts';
import { nameOfHostIn, useTrips } from '../../live/trips.ts';
import { openReview } from '../../state/review.ts';
import { selectCall, selectService } from '../../state/selection.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { formatClock, formatCount, formatUtc } from '../../ui/format.ts';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { heldLook, heldTitle } from './heldWords.ts';

/** How many trips are held and when the first ends; it opens the list of them. Nothing is drawn while none is held. */
export function HeldChip() {
  const trips = useTrips();
  const now = useNow();
  const [first] = trips;
  if (first === undefined) return null;
  const looks = trips.map((trip) => heldLook(trip, now));
  const late = looks.filter(({ state }) => state === 'late').length;
  const held = `${formatCount(trips.length, 'trip')} held`;
  return (
    <DialogTrigger>
      <AriaButton className={late > 0 ? 'chip bad heldChip' : 'chip pending heldChip'}>
        <span>{held}</span>
        <span className="num">
          · <span className="visuallyHidden">the first ends in </span>
          {looks[0]?.countdown}
        </span>
      </AriaButton>
      <Popover className="popover heldPopover" placement="bottom start">
        <Dialog aria-label="Held trips" className="heldList">
          {({ close }) => (
            <>
              <h2 className="sectionTitle">Held trips</h2>
              <ul>
                {trips.map((trip) => (
                  <HeldLine key={`${trip.connectionId} ${trip.id}`} trip={trip} now={now} close={close} />
                ))}
              </ul>
              <p className="muted">
                Each ends at its deadline while any Podium with rights runs, else first thing at the next
                start.
              </p>
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

interface HeldLineProps {
  readonly trip: HeldTrip;
  readonly now: number;
  readonly close: () => void;
}

function HeldLine({ trip, now, close }: HeldLineProps) {
  const callee = useService(trip.calleeId);
  const connection = useConnection(trip.connectionId);
  const nameOf = nameOfHostIn(trip.connectionId);
  const { state, countdown, advice } = heldLook(trip, now);
  const title = plainText(heldTitle(trip, callee?.name ?? null), 100);
  return (
    <li className={state === 'late' ? 'heldLine late' : 'heldLine'}>
      <div className="heldHead">
        <Button
          tone="quiet"
          aria-label={`Show ${title} on the map`}
          isDisabled={callee === null}
          onPress={() => {
            close();
            show(trip);
          }}
        >
          {title}
        </Button>
        <span className="num heldCountdown">{countdown}</span>
        <Button
          aria-label={`End the trip of ${title}`}
          onPress={() => {
            close();
            openReview({ kind: 'endTrip', trip, title: `End the trip of ${title}` });
          }}
        >
          End…
        </Button>
      </div>
      <p>
        {plainText(tripAnswer(trip.mechanism, nameOf), 120)}
        {connection !== null && (
          <>
            {' · '}
            <Place title={connection.title} environment={connection.environment} />
          </>
        )}
      </p>
      <p className="muted">
        by {plainText(trip.by, 80)}
        {trip.reason !== '' && `: ${plainText(trip.reason, 200)}`} ·{' '}
        <time dateTime={new Date(trip.until).toISOString()} title={formatUtc(trip.until)}>
          until {formatClock(trip.until)}
        </time>
        {trip.operationId !== '' && ` · operation ${plainText(trip.operationId, 40)}`}
      </p>
      {advice !== null && <p className="toneBad">{advice}</p>}
    </li>
  );
}

function show(trip: HeldTrip): void {
  if (trip.calleeId === null) return;
  showPage('map');
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

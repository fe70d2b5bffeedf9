import './breakers.css';
import { useState } from 'react';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { TripPlace } from '../../../shared/model/trip.ts';
import { type Asked, useAsked } from '../../client/useAsked.ts';
import { useService } from '../../live/topology.ts';
import { closeTripDialog, type TripRequest, useTripDialog } from '../../state/trips.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { NameCheck } from '../../ui/NameCheck.tsx';
import { plainText } from '../../ui/plainText.ts';
import { FallbackForm } from './FallbackForm.tsx';
import { PlaceField } from './PlaceField.tsx';
import { TripForm } from './TripForm.tsx';

/** Asks how calls are to be stopped, or what answers while they are. It writes nothing: review does. */
export function TripDialog() {
  const request = useTripDialog((state) => state.request);
  return request === null ? null : (
    <Asking key={`${request.purpose} ${request.callerId ?? ''} ${request.calleeId}`} request={request} />
  );
}

function Asking({ request }: { readonly request: TripRequest }) {
  const callee = useService(request.calleeId);
  const caller = useService(request.callerId);
  const { calleeId, callerId } = request;
  const places = useAsked(JSON.stringify([calleeId, callerId]), (client, signal) =>
    client.trips.places({ calleeId, callerId }, { signal }),
  );
  const [chosenId, setChosenId] = useState<string | null>(null);
  const title = titleOf(request, callee, caller);
  const place = places.value?.find(({ connectionId }) => connectionId === chosenId) ?? places.value?.[0];
  if (callee === null || places.value === null || place === undefined) {
    return (
      <Dialog title={title} onClose={closeTripDialog}>
        <Nothing callee={callee} places={places} />
      </Dialog>
    );
  }
  const Form = request.purpose === 'trip' ? TripForm : FallbackForm;
  return (
    <Dialog title={title} onClose={closeTripDialog} widthPx={620} closesOutside={false}>
      <PlaceField places={places.value} chosen={place} onChoose={setChosenId} />
      <NameCheck name={place.call.host} />
      {/* What is filled in is of one system. */}
      <Form key={place.connectionId} callee={callee} caller={caller} place={place} title={title} />
    </Dialog>
  );
}

/** Why there is no form: it is not known yet, it could not be asked, or there is nothing to be done. */
function Nothing({
  callee,
  places,
}: {
  readonly callee: GraphService | null;
  readonly places: Asked<TripPlace[]>;
}) {
  const isAsking = callee !== null && places.value === null && places.problem === null;
  return (
    <>
      {isAsking ? (
        <p className="tripBusy" role="status">
          <span className="spinner" aria-hidden="true" /> Asking which systems can stop these calls…
        </p>
      ) : (
        <p className="tripNote" role={places.problem === null ? 'status' : 'alert'}>
          {callee === null
            ? 'No source names this service any more, so its calls cannot be stopped.'
            : (places.problem ?? 'No document can name this service: no host of it is known.')}
        </p>
      )}
      <DialogActions>
        {places.problem !== null && <Button onPress={places.again}>Ask again</Button>}
        <Button onPress={closeTripDialog}>Close</Button>
      </DialogActions>
    </>
  );
}

function titleOf({ purpose }: TripRequest, callee: GraphService | null, caller: GraphService | null): string {
  const name = plainText(callee?.name ?? 'a service that is gone', 80);
  if (purpose === 'fallback') return `Fallback for calls to ${name}`;
  return caller === null ? `Trip calls to ${name}` : `Trip ${plainText(caller.name, 80)} → ${name}`;
}

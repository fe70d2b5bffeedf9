import './breakers.css';
import type { GraphService } from '../../../shared/model/graph.ts';
import { useConnection } from '../../live/connections.ts';
import { useService } from '../../live/topology.ts';
import { closeTripDialog, type TripRequest, useTripDialog } from '../../state/trips.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { NameCheck } from '../../ui/NameCheck.tsx';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { FallbackForm } from './FallbackForm.tsx';
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
  const host = callee?.hosts[0] ?? null;
  const title = titleOf(request, callee, caller);
  if (callee === null || host === null) {
    return (
      <Dialog title={title} onClose={closeTripDialog}>
        <p className="tripNote">
          {callee === null
            ? 'No source names this service any more, so its calls cannot be stopped.'
            : 'No document can name this service: no host of it is known.'}
        </p>
        <DialogActions>
          <Button onPress={closeTripDialog}>Close</Button>
        </DialogActions>
      </Dialog>
    );
  }
  const Form = request.purpose === 'trip' ? TripForm : FallbackForm;
  return (
    <Dialog title={title} onClose={closeTripDialog} widthPx={620} closesOutside={false}>
      <Where callee={callee} host={host} />
      <Form callee={callee} caller={caller} host={host} title={title} />
    </Dialog>
  );
}

function Where({ callee, host }: { readonly callee: GraphService; readonly host: string }) {
  const connection = useConnection(callee.connectionId);
  return (
    <>
      <p className="tripWhere">
        {plainText(host, 160)}
        {connection !== null && (
          <>
            {' on '}
            <Place title={connection.title} environment={connection.environment} spelled />
          </>
        )}
      </p>
      <NameCheck name={host} />
    </>
  );
}

function titleOf({ purpose }: TripRequest, callee: GraphService | null, caller: GraphService | null): string {
  const name = plainText(callee?.name ?? 'a service that is gone', 80);
  if (purpose === 'fallback') return `Fallback for calls to ${name}`;
  return caller === null ? `Trip calls to ${name}` : `Trip ${plainText(caller.name, 80)} → ${name}`;
}

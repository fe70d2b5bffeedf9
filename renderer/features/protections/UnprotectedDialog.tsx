import './protections.css';
import { useAsked } from '../../client/useAsked.ts';
import { useConnection, useConnections } from '../../live/connections.ts';
import { useCallSignals } from '../../live/signals.ts';
import { closeUnprotected, listUnprotected, useProtectionDialogs } from '../../state/protections.ts';
import { selectCall } from '../../state/selection.ts';
import { showPage } from '../../state/view.ts';
import type { UnprotectedCall } from '../../../shared/model/protection.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { formatCount, formatLatency, formatRate } from '../../ui/format.ts';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Select } from '../../ui/Select.tsx';
import { MissingButtons } from './MissingButtons.tsx';
import { missingInWords } from './protectionWords.ts';

const most = 100;

/** The calls that nothing, or not enough, protects: busiest first, each with what would protect it. */
export function UnprotectedDialog() {
  const connectionId = useProtectionDialogs((state) => state.listed);
  const connection = useConnection(connectionId);
  const connections = useConnections();
  const calls = useAsked(connectionId, (client, signal) =>
    client.protections.unprotected({ connectionId: connectionId ?? '' }, { signal }),
  );
  if (connectionId === null) return null;
  return (
    <Dialog title="Calls that lack protection" onClose={closeUnprotected} widthPx={860}>
      {connections.length > 1 && (
        <div className="unprotectedOf">
          <Select
            label="Connection"
            options={connections.map(({ id, title }) => ({ id, title: plainText(title, 60) }))}
            selected={connectionId}
            onSelect={listUnprotected}
          />
        </div>
      )}
      {connection !== null && (
        <p className="tripWhere">
          on <Place title={connection.title} environment={connection.environment} spelled />, busiest first
        </p>
      )}
      {calls.problem !== null && (
        <p className="tripRefused protectionNothing" role="alert">
          {calls.problem}
        </p>
      )}
      {calls.value === null && calls.problem === null && (
        <p className="tripBusy" role="status">
          <span className="spinner" aria-hidden="true" /> Reading what is declared…
        </p>
      )}
      {calls.value?.length === 0 && (
        <p className="protectionNothing muted" role="status">
          Every call that a source can tell of has a time-out, a limit, ejection and a fallback.
        </p>
      )}
      {calls.value !== null && calls.value.length > 0 && <Table calls={calls.value} />}
      <DialogActions>
        {calls.problem !== null && <Button onPress={calls.again}>Read again</Button>}
        <Button tone="primary" onPress={closeUnprotected}>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Table({ calls }: { readonly calls: readonly UnprotectedCall[] }) {
  return (
    <>
      <table className="unprotected">
        <thead>
          <tr>
            <th scope="col">Call</th>
            <th scope="col">rps</th>
            <th scope="col">p99</th>
            <th scope="col">Lacks</th>
          </tr>
        </thead>
        <tbody>
          {calls.slice(0, most).map((call) => (
            <Row key={call.callId} call={call} />
          ))}
        </tbody>
      </table>
      {calls.length > most && (
        <p className="muted">and {formatCount(calls.length - most, 'more call')} with less traffic</p>
      )}
    </>
  );
}

function Row({ call }: { readonly call: UnprotectedCall }) {
  const signals = useCallSignals(call.callId);
  const title = plainText(call.title, 90);
  const { requestsPerSecond } = call;
  return (
    <tr>
      <th scope="row">
        <Button
          tone="quiet"
          onPress={() => {
            closeUnprotected();
            showPage('map');
            selectCall(call.callId);
          }}
        >
          {title}
        </Button>
      </th>
      <td className="num">{formatRate(requestsPerSecond)}</td>
      <td className="num">{formatLatency(signals?.p99Ms)}</td>
      <td>
        {call.unknown !== null && <span className="muted">{plainText(call.unknown, 120)}</span>}
        <span className="toneWarn">{missingInWords(call.missing)}</span>
        <MissingButtons
          serviceId={call.calleeId}
          missing={call.missing}
          figures={{ requestsPerSecond, p99Ms: signals?.p99Ms ?? null }}
          about={title}
        />
      </td>
    </tr>
  );
}

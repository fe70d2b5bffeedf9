import { useState } from 'react';
import type { ForwardPlace } from '../../../shared/model/forward.ts';
import { ask } from '../../client/link.ts';
import { useAsked } from '../../client/useAsked.ts';
import { wordsOfError } from '../../client/watch.ts';
import { useConnection } from '../../live/connections.ts';
import { useService } from '../../live/topology.ts';
import type { useForwardDialog } from '../../state/forwards.ts';
import { askToUnlock } from '../../state/unlock.ts';
import { Button } from '../../ui/Button.tsx';
import { DeniedNote } from '../../ui/DeniedNote.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { TextField } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Select } from '../../ui/Select.tsx';
import { readPort } from './forwardWords.ts';

type Request = NonNullable<ReturnType<typeof useForwardDialog.getState>['request']>;

/** What is forwarded, to where, for how long; nothing is open before the button is pressed. */
export function ForwardForm({ request, onDone }: { readonly request: Request; readonly onDone: () => void }) {
  const { serviceId } = request;
  const read = useAsked(serviceId, (client, signal) => client.forwards.places({ serviceId }, { signal }));
  const [connectionId, setConnection] = useState<string | null>(null);
  if (read.value === null) {
    return read.problem === null ? (
      <EmptyState title="Reading its ports…" busy />
    ) : (
      <EmptyState title="It cannot be forwarded" actions={<Button onPress={read.again}>Try again</Button>}>
        {plainText(read.problem, 300)}
      </EmptyState>
    );
  }
  const places = read.value;
  const place = places.find((one) => one.connectionId === connectionId) ?? places[0];
  if (place === undefined) return null;
  return (
    <>
      {places.length > 1 && (
        <div className="forwardRow">
          <span>Through</span>
          <Select
            label="Through which connection"
            options={places.map((one) => ({ id: one.connectionId, title: one.title }))}
            selected={place.connectionId}
            onSelect={setConnection}
          />
        </div>
      )}
      <Fields key={place.connectionId} place={place} request={request} onDone={onDone} />
    </>
  );
}

const anyReady = 'any';
const spans = [
  { id: '3600', title: '1 hour' },
  { id: '14400', title: '4 hours' },
  { id: '28800', title: '8 hours' },
  { id: '43200', title: '12 hours' },
] as const;

function Fields({
  place,
  request,
  onDone,
}: {
  readonly place: ForwardPlace;
  readonly request: Request;
  readonly onDone: () => void;
}) {
  const service = useService(request.serviceId);
  const locked = useConnection(place.connectionId)?.locked ?? place.locked;
  const [to, setTo] = useState(
    place.instances.some(({ uid }) => uid === request.instance) ? (request.instance ?? anyReady) : anyReady,
  );
  const [port, setPort] = useState(String(place.ports[0]?.port ?? ''));
  const [localPort, setLocalPort] = useState('');
  const [seconds, setSeconds] = useState<string>(spans[1].id);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const far = readPort(port, null);
  const near = readPort(localPort, 0);
  const denied = place.allowed === false;

  const open = async (): Promise<void> => {
    if (far === null || near === null) return;
    setBusy(true);
    setProblem(null);
    try {
      await ask((client) =>
        client.forwards.open({
          serviceId: request.serviceId,
          connectionId: place.connectionId,
          instance: to === anyReady ? null : to,
          port: far,
          localPort: near,
          endsAfterSeconds: Number(seconds),
        }),
      );
      onDone();
    } catch (error) {
      setProblem(wordsOfError(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      className="forwardForm"
      aria-label={`Forward a port to ${service?.name ?? 'the service'}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && !locked && !denied) void open();
      }}
    >
      <div className="forwardRow">
        <span>Leads to</span>
        <Select
          label="Leads to"
          options={[
            { id: anyReady, title: `whichever instance of ${service?.name ?? 'it'} is ready` },
            ...place.instances.map(({ uid, name, ready }) => ({
              id: uid,
              title: `${plainText(name, 90)}${ready ? '' : ' (not ready)'}`,
            })),
          ]}
          selected={to}
          onSelect={setTo}
        />
      </div>
      <div className="forwardFields">
        <TextField
          label="Port of the instance"
          value={port}
          onChange={setPort}
          autoFocus
          note={far === null ? 'A number from 1 to 65535.' : declared(place)}
        />
        <TextField
          label="Port of this machine"
          value={localPort}
          onChange={setLocalPort}
          placeholder="one that is free"
          note={near === null ? 'A number from 1 to 65535, or nothing.' : 'Listens on 127.0.0.1 only.'}
        />
      </div>
      <div className="forwardRow">
        <span>Ends after</span>
        <Select label="Ends after" options={spans} selected={seconds} onSelect={setSeconds} />
        <span className="muted">or when Podium or the connection is closed.</span>
      </div>
      <p className="muted">
        While it is open, every program of this machine can use it, and a hostile web page in your browser may
        find it. Whatever comes through acts with the rights of a neighbour in the cluster, unseen by guards
        and journal: stop it when you are done.
      </p>
      {denied && (
        <DeniedNote
          denied={{
            verb: 'create',
            resource: 'pods/portforward',
            namespace: place.namespace,
            allowed: false,
            purpose: 'Forward ports to pods',
          }}
        />
      )}
      {!denied && locked && (
        <p>
          {plainText(place.title, 90)} is read-only, and what comes through a forward could write.{' '}
          <Button onPress={() => askToUnlock(place.connectionId)}>Unlock…</Button>
        </p>
      )}
      {problem !== null && (
        <p role="alert" className="toneBad">
          {plainText(problem, 300)}
        </p>
      )}
      <div>
        <Button
          type="submit"
          tone="primary"
          isDisabled={busy || locked || denied || far === null || near === null}
        >
          Open the forward
        </Button>
      </div>
    </form>
  );
}

function declared({ ports }: ForwardPlace): string {
  if (ports.length === 0) return 'Its containers declare none.';
  const named = ports
    .slice(0, 6)
    .map(({ port, name }) => `${port}${name === '' ? '' : ` (${plainText(name, 30)})`}`);
  return `Declared: ${named.join(', ')}${ports.length > 6 ? ', …' : ''}`;
}

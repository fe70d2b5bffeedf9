import './routing.css';
import { type ReactNode, useState } from 'react';
import type { SetRouting } from '../../../shared/model/operation.ts';
import type { Split } from '../../../shared/model/weights.ts';
import { useConnection } from '../../live/connections.ts';
import { useSplit } from '../../live/splits.ts';
import { useTopology } from '../../live/topology.ts';
import { askFor } from '../../state/pending.ts';
import { putOnTray } from '../../state/putOnTray.ts';
import { closeSplitDialog, useSplitDialog } from '../../state/splitDialogs.ts';
import { Button } from '../../ui/Button.tsx';
import { Choice } from '../../ui/Choice.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/Field.tsx';
import { PickOne } from '../../ui/PickOne.tsx';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Limit } from '../../ui/WatchForm.tsx';
import { type CallerOption, type GreyDraft, greyRouteOf, mirrorOf, waysBeside } from './greyDraft.ts';

/** Asks which requests go to one version whatever the weights say, or are copied there. It writes nothing: review does. */
export function GreyRouteDialog() {
  const request = useSplitDialog((state) => state.request);
  const isOurs = request?.purpose === 'route' || request?.purpose === 'mirror';
  const split = useSplit(isOurs ? request.split : null);
  if (!isOurs) return null;
  const isMirror = request.purpose === 'mirror';
  return (
    <Dialog
      title={isMirror ? 'Mirror requests' : 'Route some requests'}
      onClose={closeSplitDialog}
      widthPx={560}
      closesOutside={false}
    >
      {split === null ? (
        <>
          <p className="muted">This split is gone: its document or its route was taken away.</p>
          <DialogActions>
            <Button onPress={closeSplitDialog}>Close</Button>
          </DialogActions>
        </>
      ) : (
        <>
          <Where split={split} />
          {isMirror ? <MirrorForm split={split} /> : <RouteForm split={split} />}
        </>
      )}
    </Dialog>
  );
}

function Where({ split }: { readonly split: Split }) {
  const connection = useConnection(split.connectionId);
  return (
    <p className="muted">
      {plainText(
        `${split.document.namespace ?? ''}/${split.document.name}, beside route “${split.route.title}”`,
        140,
      )}
      {connection !== null && (
        <>
          {' on '}
          <Place title={connection.title} environment={connection.environment} spelled />
        </>
      )}
    </p>
  );
}

function RouteForm({ split }: { readonly split: Split }) {
  const callers = useCallers(split);
  const [draft, setDraft] = useState<GreyDraft>({
    by: 'header',
    headerName: '',
    how: 'exact',
    value: '',
    cookieName: '',
    callerId: null,
    destination: split.destinations.length - 1,
    name: '',
  });
  const change = (part: Partial<GreyDraft>) => setDraft((before) => ({ ...before, ...part }));
  const { operation, problem } = greyRouteOf(draft, split, callers);
  const title = `Route some requests of ${split.document.name} to ${titleOf(split, draft.destination)}`;
  return (
    <Form operation={operation} problem={problem} title={title}>
      <Choice
        label="Which requests"
        look="row"
        selected={draft.by}
        onSelect={(by) => change({ by })}
        options={waysBeside(split).map((id) => ({ id, title: wayTitles[id] }))}
      />
      {draft.by === 'header' && (
        <Carried
          label="Header"
          name={draft.headerName}
          onName={(headerName) => change({ headerName })}
          placeholder="x-user-group"
          value={draft.value}
          onValue={(value) => change({ value })}
        >
          <How label="Its value" draft={draft} onChange={change} />
        </Carried>
      )}
      {draft.by === 'path' && (
        <>
          <How label="The path" draft={draft} onChange={change} />
          <TextField
            label="Path"
            value={draft.value}
            onChange={(value) => change({ value })}
            placeholder="/refunds"
          />
        </>
      )}
      {draft.by === 'cookie' && (
        <Carried
          label="Cookie"
          name={draft.cookieName}
          onName={(cookieName) => change({ cookieName })}
          placeholder="group"
          value={draft.value}
          onValue={(value) => change({ value })}
        />
      )}
      {draft.by === 'caller' && (
        <PickOne
          label="Caller"
          options={callers.map(({ id, name, namespace }) => ({
            id,
            title: plainText([name, namespace].filter((word) => word !== null).join(' · '), 90),
          }))}
          selected={draft.callerId}
          onSelect={(callerId) => change({ callerId })}
          placeholder="Choose who calls"
        />
      )}
      <Destinations
        label="Go to"
        split={split}
        selected={draft.destination}
        onSelect={(destination) => change({ destination })}
      />
      <p className="muted">
        They go there whatever the weights say; all other requests are divided as before.
      </p>
    </Form>
  );
}

const wayTitles: Readonly<Record<GreyDraft['by'], string>> = {
  header: 'with a header',
  cookie: 'with a cookie',
  caller: 'of one caller',
  path: 'for a path',
};

interface HowProps {
  readonly label: string;
  readonly draft: GreyDraft;
  readonly onChange: (part: Pick<GreyDraft, 'how'>) => void;
}

/** Whether the whole value is meant, or what it begins with. */
function How({ label, draft, onChange }: HowProps) {
  return (
    <Choice
      label={label}
      look="row"
      selected={draft.how}
      onSelect={(how) => onChange({ how })}
      options={[
        { id: 'exact', title: 'is exactly' },
        { id: 'prefix', title: 'begins with' },
      ]}
    />
  );
}

interface CarriedProps {
  readonly label: string;
  readonly name: string;
  readonly onName: (name: string) => void;
  readonly placeholder: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** What else is asked of the value. */
  readonly children?: ReactNode;
}

/** Something that a request carries, by name and value. */
function Carried({ label, name, onName, placeholder, value, onValue, children }: CarriedProps) {
  return (
    <>
      <TextField label={label} value={name} onChange={onName} placeholder={placeholder} />
      {children}
      <TextField label="Value" value={value} onChange={onValue} placeholder="beta" />
    </>
  );
}

function MirrorForm({ split }: { readonly split: Split }) {
  const [destination, setDestination] = useState(split.destinations.length - 1);
  const [percent, setPercent] = useState('100');
  const { operation, problem } = mirrorOf(split, destination, percent);
  const title = `Mirror requests of ${split.document.name} to ${titleOf(split, destination)}`;
  return (
    <Form operation={operation} problem={problem} title={title}>
      <span className="greyMirror">
        Copy <Limit label="Share that is copied" text={percent} unit="%" onType={setPercent} /> of the
        requests
      </span>
      <Destinations label="To" split={split} selected={destination} onSelect={setDestination} />
      <p className="muted">
        The copies’ answers are thrown away, but what they do is done: a copied payment is paid twice unless
        the version knows better.
      </p>
    </Form>
  );
}

interface DestinationsProps {
  readonly label: string;
  readonly split: Split;
  readonly selected: number;
  readonly onSelect: (destination: number) => void;
}

function Destinations({ label, split, selected, onSelect }: DestinationsProps) {
  return (
    <Choice
      label={label}
      look="row"
      selected={String(selected)}
      onSelect={(id) => onSelect(Number(id))}
      options={split.destinations.map((each, index) => ({
        id: String(index),
        title: plainText(each.title, 40),
      }))}
    />
  );
}

interface FormProps {
  /** Null while something is wrong or missing, which `problem` says. */
  readonly operation: SetRouting | null;
  readonly problem: string | null;
  readonly title: string;
  readonly children: ReactNode;
}

/** The fields with the ways on: to the review, or to what is pending. */
function Form({ operation, problem, title, children }: FormProps) {
  const goOn = (by: (operation: SetRouting, title: string) => void) => {
    if (operation === null) return;
    closeSplitDialog();
    by(operation, title);
  };
  return (
    <form
      className="greyForm"
      onSubmit={(event) => {
        event.preventDefault();
        goOn(askFor);
      }}
    >
      {children}
      <DialogActions>
        <p className="grow muted" role="status">
          {problem}
        </p>
        <Button onPress={closeSplitDialog}>Cancel</Button>
        <Button isDisabled={operation === null} onPress={() => goOn(putOnTray)}>
          Add to pending
        </Button>
        <Button tone="primary" type="submit" isDisabled={operation === null}>
          Review…
        </Button>
      </DialogActions>
    </form>
  );
}

/** Who is seen to call the split's service, by name. */
function useCallers(split: Split): readonly CallerOption[] {
  const services = useTopology((graph) => graph.services);
  const calls = useTopology((graph) => graph.calls);
  const ids = new Set(
    [...calls.values()].flatMap((call) => (call.calleeId === split.serviceId ? [call.callerId] : [])),
  );
  return [...services.values()]
    .filter(({ id, kind }) => ids.has(id) && kind !== 'external' && kind !== 'unknown')
    .map(({ id, name, namespace }) => ({ id, name, namespace }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

function titleOf(split: Split, destination: number): string {
  return plainText(split.destinations[destination]?.title ?? '', 40);
}

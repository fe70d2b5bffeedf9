import './objects.css';
import { useState } from 'react';
import { useAsked } from '../../client/useAsked.ts';
import { closeObjectDialog, type ObjectRequest, useObjectDialog } from '../../state/objectDialog.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { DocumentDiff, DocumentYaml } from '../../ui/documentViews.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Checkbox } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';

/** Any object as text to read, or what changed between two revisions; nothing here writes. */
export function ObjectDialog() {
  const request = useObjectDialog((state) => state.request);
  if (request === null) return null;
  return (
    <Dialog title={titleOf(request)} widthPx={900} onClose={closeObjectDialog}>
      <div className="objectBody">
        {request.kind === 'object' ? <ObjectView request={request} /> : <RevisionsView request={request} />}
      </div>
    </Dialog>
  );
}

type Of<Kind extends ObjectRequest['kind']> = Extract<ObjectRequest, { readonly kind: Kind }>;

function ObjectView({ request: { serviceId, object } }: { readonly request: Of<'object'> }) {
  const [withManagedFields, setManaged] = useState(false);
  const ask = { serviceId, ...object, withManagedFields };
  const read = useAsked(JSON.stringify(ask), (client, signal) => client.objects.read(ask, { signal }));
  if (read.value === null) return <Unread problem={read.problem} onAgain={read.again} />;
  const { yaml, notes } = read.value;
  return (
    <>
      {notes.map((note) => (
        <p key={note} className="muted">
          {plainText(note, 300)}
        </p>
      ))}
      <DocumentYaml label={`${object.kind} ${object.name} as YAML`} text={yaml} findings={noFindings} />
      <DialogActions>
        <Checkbox checked={withManagedFields} onChange={setManaged}>
          managed fields
        </Checkbox>
        <span className="grow" />
        <CopyButton text={yaml} />
        <Button onPress={read.again}>Read again</Button>
        <Button tone="primary" onPress={closeObjectDialog}>
          Close
        </Button>
      </DialogActions>
    </>
  );
}

const noFindings: readonly never[] = [];

function RevisionsView({ request }: { readonly request: Of<'revisions'> }) {
  const { serviceId, workload, from, to } = request;
  const ask = { serviceId, workload, from, to };
  const read = useAsked(JSON.stringify(ask), (client, signal) => client.objects.templates(ask, { signal }));
  if (read.value === null) return <Unread problem={read.problem} onAgain={read.again} />;
  const { from: before, to: after } = read.value;
  if (before === null || after === null)
    return (
      <EmptyState title="No longer recorded">
        The cluster keeps only so many revisions; revision {before === null ? from : to} is not among them.
      </EmptyState>
    );
  return (
    <>
      <p className="muted">
        What the instances of revision {to} run that those of revision {from} did not (+), and the other way
        round (−).
      </p>
      {before === after ? (
        <EmptyState title="Nothing differs">Both revisions run the same.</EmptyState>
      ) : (
        <DocumentDiff label={`Revision ${from} to revision ${to}`} before={before} after={after} />
      )}
      <DialogActions>
        <CopyButton text={after} />
        <Button tone="primary" onPress={closeObjectDialog}>
          Close
        </Button>
      </DialogActions>
    </>
  );
}

function Unread({ problem, onAgain }: { readonly problem: string | null; readonly onAgain: () => void }) {
  if (problem === null) return <EmptyState title="Reading…" busy />;
  return (
    <EmptyState title="It could not be read" actions={<Button onPress={onAgain}>Read again</Button>}>
      {problem}
    </EmptyState>
  );
}

function CopyButton({ text }: { readonly text: string }) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied.');
    } catch {
      setSaid('The clipboard is out of reach here. Select the text instead.');
    }
  };
  return (
    <>
      <span role="status" className="muted">
        {said}
      </span>
      <Button onPress={() => void copy()}>Copy</Button>
    </>
  );
}

function titleOf(request: ObjectRequest): string {
  const { kind, namespace, name } = request.kind === 'object' ? request.object : request.workload;
  const what = plainText(`${kind} ${namespace === null ? '' : `${namespace}/`}${name}`, 160);
  return request.kind === 'object' ? what : `${what}: revision ${request.from} → ${request.to}`;
}

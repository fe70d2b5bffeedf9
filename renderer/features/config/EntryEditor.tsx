import { useMemo, useState } from 'react';
import type { ConfigEntry } from '../../../shared/model/config.ts';
import { draftEntry, putEntryBack } from '../../state/configDrafts.ts';
import { Button } from '../../ui/Button.tsx';
import { DocumentEditor } from '../../ui/documentViews.tsx';
import { plainText } from '../../ui/plainText.ts';
import { type DocumentProps, formatBytes, removeWords } from './documentWords.ts';
import { SecretValue } from './SecretValue.tsx';
import { isYamlName, valueFindings } from './textFindings.ts';
import { useSought } from './useSought.ts';

interface EntryEditorProps extends DocumentProps {
  readonly entry: ConfigEntry;
  /** The value that is pending, null where none is. */
  readonly pending: string | null;
  readonly isRemoved: boolean;
  readonly editable: boolean;
}

/** Longer values are loaded into the editor only when asked: it would be slow to type in. */
const mostShown = 64_000;

/** One entry of a document: its value in an editor, or covered where it is secret. */
export function EntryEditor(props: EntryEditorProps) {
  const { serviceId, document, entry, pending, isRemoved, editable } = props;
  const { key } = entry;
  const name = plainText(key, 120);
  // What looks secret among properties is shown when asked for, and changed where it is kept.
  const isCovered = document.kind === 'secret' || entry.cover === 'secret';
  return (
    <>
      <div className="configEntryHead">
        <h4>
          <code>{name}</code>
        </h4>
        <span className="grow" />
        {isRemoved && <span className="tonePending">to be removed</span>}
        {(isRemoved || pending !== null) && (
          <Button onPress={() => putEntryBack(document, key)}>Put it back</Button>
        )}
        {editable && !isRemoved && (
          <Button tone="danger" onPress={() => draftEntry(serviceId, document, key, null)}>
            {removeWords(document)}
          </Button>
        )}
      </div>
      {entry.binary && (
        <p className="muted">
          Its value is not text{entry.bytes !== null && ` (${formatBytes(entry.bytes)})`}: it is neither shown
          nor changed here.
        </p>
      )}
      <EntryNotes notes={entry.notes ?? []} />
      {entry.cover === 'masked' && (
        <p className="muted">
          The service masks it (show-values): its value is told to nobody. What it shows instead is no value.
        </p>
      )}
      {!entry.binary && isCovered && (
        <SecretValue
          {...props}
          editable={editable && document.kind === 'secret'}
          onSet={(value) => draftEntry(serviceId, document, key, value)}
        />
      )}
      {!entry.binary && !isCovered && <PlainValue {...props} />}
    </>
  );
}

/** What more is known of an entry. */
function EntryNotes({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul className="configNotes" aria-label="What is known of it">
      {notes.map((note, place) => (
        <li key={place}>{plainText(note, 600)}</li>
      ))}
    </ul>
  );
}

function PlainValue({ serviceId, document, entry, pending, isRemoved, editable }: EntryEditorProps) {
  const value = pending ?? entry.value ?? '';
  const goTo = useSought(value);
  const [whole, setWhole] = useState((goTo?.to ?? 0) > mostShown);
  const isCut = !whole && value.length > mostShown;
  const shown = isCut ? value.slice(0, mostShown) : value;
  const findings = useMemo(() => (isCut ? [] : valueFindings(entry.key, value)), [entry.key, value, isCut]);
  // An override or a level may be given to what differs, or is masked, in every instance alike.
  const isHeld = document.kind === 'overrides' || document.kind === 'loggers';
  if (entry.value === null && pending === null && !(isHeld && editable))
    return <p className="muted">Its value is not known.</p>;
  return (
    <>
      {isCut && (
        <p className="toneWarn configCut">
          Only the first {formatBytes(mostShown)} of {formatBytes(value.length)} are shown.{' '}
          <Button onPress={() => setWhole(true)}>Show all of it</Button>
        </p>
      )}
      <DocumentEditor
        label={`Value of ${plainText(entry.key, 120)}`}
        text={shown}
        language={isYamlName(entry.key) ? 'yaml' : 'plain'}
        findings={findings}
        isReadOnly={isCut || isRemoved || !editable}
        onChange={(text) => draftEntry(serviceId, document, entry.key, text)}
        goTo={goTo}
      />
      {findings.length > 0 && (
        <p className="visuallyHidden" role="status">
          {findings.map(({ line, text }) => `Line ${line ?? 1}: ${text}`).join('. ')}
        </p>
      )}
    </>
  );
}

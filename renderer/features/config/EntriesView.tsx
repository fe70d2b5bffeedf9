import { useState } from 'react';
import type { ConfigEntry } from '../../../shared/model/config.ts';
import { draftEntry, putEntryBack, useConfigDraft } from '../../state/configDrafts.ts';
import { openDocument } from '../../state/configPage.ts';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';
import { canEdit, type DocumentProps, entryHint, keyProblem } from './documentWords.ts';
import { EntryEditor } from './EntryEditor.tsx';

interface EntriesViewProps extends DocumentProps {
  /** The entry that is edited; null lists them all. */
  readonly entryKey: string | null;
}

/** The entries of a document, or one of them in an editor. */
export function EntriesView({ serviceId, document, entryKey }: EntriesViewProps) {
  const draft = useConfigDraft(document);
  const pending = draft?.edit.kind === 'entries' ? draft.edit : null;
  const editable = canEdit(document) && draft?.edit.kind !== 'yaml' && document.kind !== 'environment';
  const entry = document.entries.find(({ key }) => key === entryKey);
  const { uid } = document.document;
  if (entry !== undefined) {
    return (
      <div className="configView">
        <EntryEditor
          serviceId={serviceId}
          document={document}
          entry={entry}
          pending={pending?.set[entry.key] ?? null}
          isRemoved={pending?.remove.includes(entry.key) === true}
          editable={editable}
        />
        <p>
          <Button tone="quiet" onPress={() => openDocument({ uid, key: null })}>
            ← All entries
          </Button>
        </p>
      </div>
    );
  }
  const added = Object.keys(pending?.set ?? {}).filter(
    (key) => !document.entries.some((each) => each.key === key),
  );
  return (
    <div className="configView">
      {entryKey !== null && (
        <p className="toneWarn">There is no entry {plainText(entryKey, 120)} any more.</p>
      )}
      {draft?.edit.kind === 'yaml' && (
        <p className="toneWarn">Its whole text is being edited: review or discard that first.</p>
      )}
      {document.kind === 'environment' && (
        <p className="muted">
          These are set in the workload’s pod template: change them in the YAML, where new pods will get them.
        </p>
      )}
      {document.entries.length === 0 && added.length === 0 ? (
        <p className="muted">It has no entries.</p>
      ) : (
        <ul className="configEntries" aria-label="Entries">
          {document.entries.map((each) => (
            <EntryLine
              key={each.key}
              entry={each}
              isSecret={document.kind === 'secret'}
              note={
                pending?.remove.includes(each.key) === true
                  ? 'to be removed'
                  : pending !== null && each.key in pending.set
                    ? 'pending'
                    : null
              }
              onOpen={() => openDocument({ uid, key: each.key })}
            />
          ))}
          {added.map((key) => (
            <li key={key} className="configEntry">
              <span className="configKey">{plainText(key, 80)}</span>
              <span className="tonePending">to be added</span>
              <Button
                aria-label={`Do not add ${plainText(key, 80)}`}
                onPress={() => putEntryBack(document, key)}
              >
                Not that
              </Button>
            </li>
          ))}
        </ul>
      )}
      {editable && (
        <NewEntry
          document={document}
          taken={new Set([...document.entries.map(({ key }) => key), ...added])}
          isSecret={document.kind === 'secret'}
          onAdd={(key, value) => draftEntry(serviceId, document, key, value)}
        />
      )}
    </div>
  );
}

interface EntryLineProps {
  readonly entry: ConfigEntry;
  readonly isSecret: boolean;
  readonly note: string | null;
  readonly onOpen: () => void;
}

function EntryLine({ entry, isSecret, note, onOpen }: EntryLineProps) {
  return (
    <li className="configEntry">
      <Button tone="quiet" onPress={onOpen}>
        {plainText(entry.key, 120)}
      </Button>
      <span className="muted ellipsis">{entryHint(entry, isSecret)}</span>
      {note !== null && <span className="tonePending">{note}</span>}
    </li>
  );
}

interface NewEntryProps {
  readonly document: DocumentProps['document'];
  readonly taken: ReadonlySet<string>;
  readonly isSecret: boolean;
  readonly onAdd: (key: string, value: string) => void;
}

function NewEntry({ document, taken, isSecret, onAdd }: NewEntryProps) {
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const problem = keyProblem(document, key, taken);
  return (
    <form
      className="configNew"
      onSubmit={(event) => {
        event.preventDefault();
        if (key === '' || problem !== null) return;
        onAdd(key, value);
        setKey('');
        setValue('');
      }}
    >
      <TextField label="New key" value={key} onChange={setKey} {...(problem !== null && { note: problem })} />
      <TextField
        label="Its value"
        value={value}
        onChange={setValue}
        {...(isSecret && { type: 'password' as const })}
      />
      <Button type="submit" isDisabled={key === '' || problem !== null}>
        Add
      </Button>
    </form>
  );
}

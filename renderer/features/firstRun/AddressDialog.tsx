import { useEffect, useState } from 'react';
import type { ConnectionForm, FormField, RememberedConnection } from '../../../shared/model/connection.ts';
import type { VaultState } from '../../../shared/model/vault.ts';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { Checkbox, TextField } from '../../ui/Field.tsx';
import { titleOf } from './typedTitle.ts';

interface AddressDialogProps {
  readonly form: ConnectionForm;
  /** What was typed before; null for a new one. */
  readonly before: RememberedConnection | null;
  readonly onClose: () => void;
}

/** Connects to a system by what is typed about it: one field for each thing its connector asks for. */
export function AddressDialog({ form, before, onClose }: AddressDialogProps) {
  const [title, setTitle] = useState(before?.title ?? '');
  const [values, setValues] = useState<Readonly<Record<string, string>>>(before?.values ?? {});
  const [keep, setKeep] = useState(before?.keep ?? false);
  const vault = useVault();
  const [problem, setProblem] = useState<string | null>(null);
  const [opening, setOpening] = useState(false);
  const suggested = titleOf(form, values);

  const connect = async (): Promise<void> => {
    setOpening(true);
    setProblem(null);
    try {
      const named = { connector: form.connector, title: title.trim() || suggested, values, keep };
      await ask((console) => console.connections.openTyped(named));
      onClose();
    } catch (error) {
      setProblem(wordsOfError(error));
      setOpening(false);
    }
  };

  // Where it is and who asks; all else has a default that fits most. What stands before a password is whose it is.
  const isUsual = ({ required, kind }: FormField, index: number): boolean =>
    required || kind === 'address' || kind === 'secret' || form.fields[index + 1]?.kind === 'secret';
  const usual = form.fields.filter(isUsual);
  const rare = form.fields.filter((field) => !usual.includes(field));
  const typed = (field: FormField, autoFocus: boolean) => (
    <TypedField
      key={field.name}
      field={field}
      value={values[field.name] ?? ''}
      autoFocus={autoFocus}
      isMissing={before?.secrets.includes(field.name) ?? false}
      onChange={(value) => setValues({ ...values, [field.name]: value })}
    />
  );
  const ready = form.fields.every(({ required, name }) => !required || (values[name] ?? '').trim() !== '');
  return (
    <Dialog title={`Connect to ${form.title}`} onClose={onClose} closesOutside={false}>
      <form
        className="addressForm"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !opening) void connect();
        }}
      >
        {form.caveat !== null && <p className="toneWarn">! {form.caveat}</p>}
        {usual.map((field, i) => typed(field, i === 0))}
        <TextField
          label="Name"
          value={title}
          onChange={setTitle}
          placeholder={suggested}
          note="How it is called in Podium and in the journal."
        />
        {rare.length > 0 && (
          <details className="options" open={rare.some(({ name }) => (before?.values[name] ?? '') !== '')}>
            <summary>More: {listOf(rare.map(({ label }) => label.toLowerCase()))}</summary>
            <div className="optionsBody">{rare.map((field) => typed(field, false))}</div>
          </details>
        )}
        {form.fields.some(({ kind }) => kind.startsWith('secret')) && (
          <KeepSecrets vault={vault} keep={keep} onChange={setKeep} />
        )}
        {isReadable(form, values) && (
          <p className="toneWarn">! This address is plain http: everybody on the way can read the secret.</p>
        )}
        {problem !== null && (
          <p role="alert" className="toneBad">
            {problem}
          </p>
        )}
        <DialogActions>
          <Button onPress={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" isDisabled={!ready || opening}>
            {opening ? 'Connecting…' : 'Connect, read-only'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** Where secrets would be kept; null until it is known. */
function useVault(): VaultState | null {
  const [vault, setVault] = useState<VaultState | null>(null);
  useEffect(() => {
    let stale = false;
    ask((console) => console.connections.vault()).then(
      (state) => {
        if (!stale) setVault(state);
      },
      // Not known is not kept: the box stays shut.
      () => undefined,
    );
    return () => {
      stale = true;
    };
  }, []);
  return vault;
}

interface KeepSecretsProps {
  readonly vault: VaultState | null;
  readonly keep: boolean;
  readonly onChange: (keep: boolean) => void;
}

function KeepSecrets({ vault, keep, onChange }: KeepSecretsProps) {
  if (vault?.where === 'memory')
    return <p className="fieldNote">Secrets are kept in memory only, until Podium ends: {vault.why}.</p>;
  return (
    <Checkbox checked={keep} onChange={onChange} disabled={vault === null}>
      Remember the secrets on this computer
      <span className="fieldNote switchNote">
        Sealed by this computer’s keyring. Otherwise they are kept in memory, until Podium ends.
      </span>
    </Checkbox>
  );
}

/** A secret that would go over plain http to another machine. */
function isReadable(form: ConnectionForm, values: Readonly<Record<string, string>>): boolean {
  const given = (kind: FormField['kind']) =>
    form.fields.filter((field) => field.kind === kind).map(({ name }) => values[name]?.trim() ?? '');
  const url = URL.parse(given('address')[0] ?? '');
  return (
    url?.protocol === 'http:' &&
    !/^(localhost|127\..*|\[::1\])$/.test(url.hostname) &&
    given('secret').some((secret) => secret !== '')
  );
}

/** "data centre, namespace and 4 others". */
function listOf(labels: readonly string[]): string {
  const shown = labels.slice(0, 3);
  return labels.length > shown.length
    ? `${shown.join(', ')} and ${labels.length - shown.length} others`
    : shown.join(', ');
}

interface TypedFieldProps {
  readonly field: FormField;
  readonly value: string;
  readonly autoFocus: boolean;
  /** A secret that was given before and is not kept any more. */
  readonly isMissing: boolean;
  readonly onChange: (value: string) => void;
}

function TypedField({ field, value, autoFocus, isMissing, onChange }: TypedFieldProps) {
  const { kind, label, placeholder, required } = field;
  if (kind === 'switch')
    return (
      <Checkbox checked={value === 'true'} onChange={(on) => onChange(on ? 'true' : '')}>
        {label}
        {field.note !== null && <span className="fieldNote switchNote">{field.note}</span>}
      </Checkbox>
    );
  const kept = kind.startsWith('secret') ? 'Sent nowhere but there.' : null;
  const again = isMissing ? 'Given before, and not kept: type it again.' : null;
  const note = [again, field.note, kept].filter((part) => part !== null).join(' ');
  return (
    <TextField
      label={required ? label : `${label} (optional)`}
      value={value}
      onChange={onChange}
      {...(placeholder !== null && { placeholder })}
      {...(note !== '' && { note })}
      {...(kind === 'secret' && { type: 'password' as const })}
      lines={kind === 'lines' || kind === 'secretLines' ? 3 : 1}
      autoFocus={autoFocus}
    />
  );
}

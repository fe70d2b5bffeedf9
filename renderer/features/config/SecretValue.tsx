import { useEffect, useState } from 'react';
import type { ConfigDocument, ConfigEntry } from '../../../shared/model/config.ts';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';
import { coverLater } from './coverLater.ts';

interface SecretValueProps {
  readonly document: ConfigDocument;
  readonly entry: ConfigEntry;
  readonly pending: string | null;
  readonly isRemoved: boolean;
  readonly editable: boolean;
  readonly onSet: (value: string) => void;
}

type Shown =
  | { readonly state: 'covered' | 'asking' | 'copying' }
  | { readonly state: 'shown' | 'askedToCopy'; readonly value: string }
  | { readonly state: 'failed'; readonly problem: string };

/** A secret value: shown for half a minute when asked for, never copied unasked, and set without being seen. */
export function SecretValue({ document, entry, pending, isRemoved, editable, onSet }: SecretValueProps) {
  const [shown, setShown] = useState<Shown>({ state: 'covered' });
  const [said, setSaid] = useState('');
  const [typed, setTyped] = useState('');
  const isShown = shown.state === 'shown' || shown.state === 'askedToCopy';
  useEffect(() => {
    if (!isShown) return;
    return coverLater(() => {
      setShown({ state: 'covered' });
      setSaid('Covered again.');
    });
  }, [isShown]);

  const show = async () => {
    setShown({ state: 'asking' });
    setSaid('');
    try {
      const { value } = await ask((client) =>
        client.config.reveal({ document: document.document, key: entry.key }),
      );
      setShown({ state: 'shown', value });
    } catch (error) {
      setShown({ state: 'failed', problem: wordsOfError(error) });
    }
  };
  const copy = async (value: string) => {
    setShown({ state: 'shown', value });
    try {
      await navigator.clipboard.writeText(value);
      setSaid('On the clipboard now.');
    } catch {
      setSaid('The clipboard is out of reach here.');
    }
  };
  const name = plainText(entry.key, 120);
  return (
    <>
      <div className="configSecret">
        {isShown ? (
          <pre className="mono" tabIndex={0} aria-label={`Value of ${name}`}>
            {plainText(shown.value, 20_000)}
          </pre>
        ) : (
          <span className="muted">••••••••</span>
        )}
        {shown.state === 'covered' && (
          <Button aria-label={`Show the value of ${name}`} onPress={() => void show()}>
            Show
          </Button>
        )}
        {shown.state === 'asking' && <span role="status">Asking…</span>}
        {isShown && <Button onPress={() => setShown({ state: 'covered' })}>Cover</Button>}
        {shown.state === 'shown' && (
          <Button onPress={() => setShown({ state: 'askedToCopy', value: shown.value })}>Copy…</Button>
        )}
        {shown.state === 'failed' && <Button onPress={() => void show()}>Try again</Button>}
      </div>
      {shown.state === 'askedToCopy' && (
        <div className="configAsk" role="group" aria-label="Copy the value?">
          <span>Every program here can read the clipboard. Put the value on it?</span>
          <Button autoFocus onPress={() => setShown({ state: 'shown', value: shown.value })}>
            No
          </Button>
          <Button onPress={() => void copy(shown.value)}>Copy it</Button>
        </div>
      )}
      {shown.state === 'failed' && (
        <p className="toneBad" role="alert">
          {shown.problem}
        </p>
      )}
      <p className="muted" role="status">
        {said !== '' ? said : isShown ? 'It is covered again after half a minute.' : ''}
      </p>
      {editable && !isRemoved && (
        <form
          className="configNew"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed === '') return;
            onSet(typed);
            setTyped('');
          }}
        >
          <TextField label={`New value of ${name}`} type="password" value={typed} onChange={setTyped} />
          <Button type="submit" isDisabled={typed === ''}>
            Make it pending
          </Button>
          {pending !== null && <span className="tonePending">a new value is pending</span>}
        </form>
      )}
    </>
  );
}

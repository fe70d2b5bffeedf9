import { useEffect, useState } from 'react';
import type { Candidate, ConnectionForm, RememberedConnection } from '../../../shared/model/connection.ts';
import { ask, useLink } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { Button } from '../../ui/Button.tsx';
import { AddressDialog } from './AddressDialog.tsx';
import { CandidateCard } from './CandidateCard.tsx';

interface ByAddressProps {
  /** What was typed before. */
  readonly remembered: readonly Candidate[];
  /** Titles of what is open now: that can be changed, and opens anew then. */
  readonly open: ReadonlySet<string>;
  readonly opening: string | null;
  readonly problem: { readonly key: string; readonly text: string } | null;
  readonly onConnect: (candidate: Candidate) => void;
  /** What is remembered has changed. */
  readonly onChanged: () => void;
}

/** Systems that no kubeconfig names: reached by an address, remembered without their secrets. */
export function ByAddress({ remembered, open, opening, problem, onConnect, onChanged }: ByAddressProps) {
  const client = useLink((link) => link.client);
  const [forms, setForms] = useState<readonly ConnectionForm[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  const [editing, setEditing] = useState<{
    form: ConnectionForm;
    before: RememberedConnection | null;
  } | null>(null);

  useEffect(() => {
    if (client === null) return;
    let stale = false;
    ask((console) => console.connections.forms()).then(
      (found) => {
        if (!stale) setForms(found);
      },
      (error: unknown) => {
        if (!stale) setFailure(wordsOfError(error));
      },
    );
    return () => {
      stale = true;
    };
  }, [client]);

  const edit = ({ typed }: Candidate): void => {
    const form = forms.find(({ connector }) => connector === typed?.connector);
    if (form !== undefined && typed !== null) setEditing({ form, before: typed });
  };
  const forget = (title: string): void => {
    ask((console) => console.connections.forget({ title })).then(onChanged, (error: unknown) =>
      setFailure(wordsOfError(error)),
    );
  };

  if (forms.length === 0 && failure === null) return null;
  return (
    <>
      <div className="firstRunHead byAddress">
        <h2 className="sectionTitle">Other systems, by address</h2>
        <p className="muted">Registries, proxies and alerts that no kubeconfig leads to.</p>
        <span className="byAddressKinds">
          {forms.map((form) => (
            <Button key={form.connector} onPress={() => setEditing({ form, before: null })}>
              {form.title}…
            </Button>
          ))}
        </span>
      </div>
      {failure !== null && (
        <p role="alert" className="toneBad">
          {failure}
        </p>
      )}
      <ul className="candidates">
        {remembered.map((candidate) => (
          <li key={candidate.key}>
            <CandidateCard
              candidate={candidate}
              opening={opening === candidate.key}
              disabled={opening !== null}
              isOpen={open.has(candidate.title)}
              problem={problem?.key === candidate.key ? problem.text : null}
              // What is not kept must be typed again before it can be opened.
              onConnect={() =>
                candidate.typed?.secrets.length === 0 ? onConnect(candidate) : edit(candidate)
              }
              onEdit={() => edit(candidate)}
              onForget={() => forget(candidate.title)}
            />
          </li>
        ))}
      </ul>
      {editing !== null && (
        <AddressDialog
          form={editing.form}
          before={editing.before}
          onClose={() => {
            setEditing(null);
            onChanged();
          }}
        />
      )}
    </>
  );
}

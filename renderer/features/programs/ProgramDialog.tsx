import './programs.css';
import { useState } from 'react';
import type { ConnectionState } from '../../../shared/model/connection.ts';
import type { LoginProgram, ProgramQuestion } from '../../../shared/model/program.ts';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { useConnections } from '../../live/connections.ts';
import { putOff, usePutOff } from '../../state/programs.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { plainText } from '../../ui/plainText.ts';
import { runsItsArguments } from './interpreters.ts';

/** Asks before a program that a kubeconfig names is run to log in: what exactly, from where, with which arguments. */
export function ProgramDialog() {
  const connections = useConnections();
  const later = usePutOff(({ fingerprints }) => fingerprints);
  const waiting = connections.find(({ asks }) => asks !== null && !later.has(asks.program.fingerprint));
  if (waiting === undefined || waiting.asks === null) return null;
  // Another question is another dialog: nothing of the former's answer stays.
  return <Question key={waiting.asks.program.fingerprint} connection={waiting} question={waiting.asks} />;
}

interface QuestionProps {
  readonly connection: ConnectionState;
  readonly question: ProgramQuestion;
}

function Question({ connection, question }: QuestionProps) {
  const { id, title, peer } = connection;
  const { program, changed, terminalCode } = question;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const send = async (asked: Promise<unknown>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await asked;
    } catch (error) {
      setProblem(wordsOfError(error));
      setBusy(false);
    }
  };
  const allow = () =>
    send(ask((client) => client.connections.allowProgram({ id, fingerprint: program.fingerprint })));
  const refuse = (): void => {
    // What was open keeps its map and says that it cannot log in; what never was goes.
    if (peer === null) void send(ask((client) => client.connections.close({ id })));
    else putOff(program.fingerprint);
  };

  return (
    <Dialog
      title={`Run a program to log in to ${plainText(title, 80)}?`}
      role="alertdialog"
      onClose={refuse}
      closesOutside={false}
      widthPx={680}
    >
      <p className="programLead">
        The kubeconfig logs in by a program on this machine. It would run with all your rights, and{' '}
        <b>nothing has been run yet</b>. Let it if you know where it comes from; you are asked again when
        anything below changes.
      </p>
      {changed !== null && (
        <p className="programNote toneWarn" role="note">
          ! {plainText(changed)}
        </p>
      )}
      {runsItsArguments(program.path) && (
        <p className="programNote toneBad" role="note">
          ! This program runs whatever its arguments say. Read them to their end.
        </p>
      )}
      <Facts program={program} />
      {terminalCode !== null && (
        <p className="programTerminal">
          A page cannot let programs run. In the terminal that Podium was started in, type{' '}
          <code className="programCode">allow {terminalCode}</code> and press Enter.
        </p>
      )}
      {problem !== null && (
        <p role="alert" className="toneBad">
          {problem}
        </p>
      )}
      <DialogActions>
        <Button autoFocus isDisabled={busy} onPress={refuse}>
          Do not run it
        </Button>
        {terminalCode === null ? (
          <Button tone="primary" isDisabled={busy} onPress={() => void allow()}>
            Let it run and connect
          </Button>
        ) : (
          <span className="muted" role="status">
            Waiting for the terminal…
          </span>
        )}
      </DialogActions>
    </Dialog>
  );
}

function Facts({ program }: { readonly program: LoginProgram }) {
  const { path, sha256, args, env, kubeconfig } = program;
  return (
    <dl className="programFacts">
      <dt>Program</dt>
      <dd>
        <code>{plainText(path, 4096)}</code>
      </dd>
      <dt>SHA-256</dt>
      <dd>
        <code>{sha256}</code>
      </dd>
      <dt>Arguments</dt>
      <dd>
        {args.length === 0 && <span className="muted">none</span>}
        <ol className="programArgs" aria-label="Arguments">
          {args.map((arg, i) => (
            <li key={`${i} ${arg}`}>
              <code>{arg === '' ? '(empty)' : plainText(arg, 20_000)}</code>
            </li>
          ))}
        </ol>
      </dd>
      <dt>Environment</dt>
      <dd>
        {env.length === 0 && <span className="muted">yours, nothing added</span>}
        <ul className="programArgs" aria-label="Environment">
          {env.map(({ name, value }) => (
            <li key={name}>
              <code>
                {plainText(name, 400)}={plainText(value, 20_000)}
              </code>
            </li>
          ))}
        </ul>
      </dd>
      <dt>Named by</dt>
      <dd>{kubeconfig === null ? 'a pasted kubeconfig' : <code>{plainText(kubeconfig, 4096)}</code>}</dd>
    </dl>
  );
}

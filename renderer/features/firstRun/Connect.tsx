import './firstRun.css';
import { useEffect, useState } from 'react';
import type { Candidate, Discovery } from '../../../shared/model/connection.ts';
import { ask, useLink } from '../../client/link.ts';
import { watch, wordsOfError } from '../../client/watch.ts';
import { useConnections } from '../../live/connections.ts';
import { Button } from '../../ui/Button.tsx';
import { ByAddress } from './ByAddress.tsx';
import { plainText } from '../../ui/plainText.ts';
import { TextField } from '../../ui/Field.tsx';
import { fittingContexts, manyContexts, mostContexts, sayFound, sayNoContext } from './contexts.ts';
import { CandidateCard } from './CandidateCard.tsx';
import { emptyOptions, type OptionsDraft, optionsOf, optionsProblem } from './options.ts';
import { OptionsForm } from './OptionsForm.tsx';

/** What can be connected to, and the rehearsal; what is connected already is left out. */
export function Connect() {
  const connections = useConnections();
  const client = useLink((link) => link.client);
  const [discovery, setDiscovery] = useState<Discovery | null>(null);
  const [problem, setProblem] = useState<{ readonly key: string; readonly text: string } | null>(null);
  const [opening, setOpening] = useState<string | null>(null);
  const [options, setOptions] = useState<OptionsDraft>(emptyOptions);
  const [looked, setLooked] = useState(0);
  const [sought, setSought] = useState('');

  useEffect(() => {
    if (client === null) return;
    let stale = false;
    ask((console) => console.connections.discover()).then(
      (found) => {
        if (!stale) setDiscovery(found);
      },
      (error: unknown) => {
        if (!stale) setProblem({ key: 'discover', text: wordsOfError(error) });
      },
    );
    return () => {
      stale = true;
    };
  }, [client, looked]);

  // Contexts come and go with the files that name them.
  useEffect(
    () =>
      watch((console, signal) => console.connections.discoveries(undefined, { signal }), {
        onValue: (count) => {
          if (count > 1) setLooked((looks) => looks + 1);
        },
      }),
    [],
  );

  const open = async (key: string, act: () => Promise<unknown>): Promise<void> => {
    setOpening(key);
    setProblem(null);
    try {
      await act();
    } catch (error) {
      setProblem({ key, text: wordsOfError(error) });
    } finally {
      setOpening(null);
    }
  };
  const connect = (candidate: Candidate): void => {
    const { typed } = candidate;
    if (typed !== null) {
      const { connector, title, values } = typed;
      return void open(candidate.key, () =>
        ask((console) => console.connections.openTyped({ connector, title, values })),
      );
    }
    const wrong = optionsProblem(options);
    if (wrong !== null) return setProblem({ key: candidate.key, text: wrong });
    void open(candidate.key, () =>
      ask((console) => console.connections.open({ key: candidate.key, options: optionsOf(options) })),
    );
  };

  const candidates = discovery?.candidates ?? [];
  const closed = candidates.filter(
    ({ title }) => !connections.some((connection) => connection.title === title),
  );
  const offered = closed.filter(({ typed }) => typed === null);
  const fitting = fittingContexts(offered, sought);
  const hasContexts = candidates.some(({ typed }) => typed === null);
  return (
    <>
      {!connections.some(({ rehearsal }) => rehearsal) && (
        <section className="rehearsalOffer" aria-label="Rehearsal">
          <div className="grow">
            <h2>Try it on the rehearsal</h2>
            <p className="muted">
              A built-in shop of services under load, on this machine only. A tour of five steps shifts a
              weight and takes it back.
            </p>
          </div>
          <Button
            tone="primary"
            isDisabled={opening !== null || client === null}
            onPress={() =>
              void open('rehearsal', () => ask((console) => console.connections.openRehearsal()))
            }
          >
            {opening === 'rehearsal' ? 'Starting the rehearsal…' : 'Enter the rehearsal'}
          </Button>
        </section>
      )}
      {problem?.key === 'rehearsal' && <Problem text={problem.text} />}

      <div className="firstRunHead">
        <h2 className="sectionTitle">Clusters in your kubeconfig</h2>
        <Button onPress={() => setLooked(looked + 1)}>Look again</Button>
      </div>
      {problem?.key === 'discover' && <Problem text={problem.text} />}
      {discovery === null && problem === null && (
        <p className="muted" role="status">
          Reading kubeconfig…
        </p>
      )}
      {discovery?.problems.map((text) => (
        <p key={text} className="toneWarn">
          ! {plainText(text, 600)}
        </p>
      ))}
      {discovery !== null && !hasContexts && <p className="muted">{sayNoContext(discovery)}</p>}
      {hasContexts && (
        <p className="muted">
          {sayFound(candidates, offered)}{' '}
          {offered.length > 0 && 'What you connect to is read-only until you unlock it.'}
        </p>
      )}
      {offered.length > manyContexts && (
        <TextField
          label="Find a context"
          value={sought}
          onChange={setSought}
          placeholder="A part of its name, server or user"
        />
      )}
      <ul className={offered.length > manyContexts ? 'candidates many' : 'candidates'}>
        {fitting.slice(0, mostContexts).map((candidate) => (
          <li key={candidate.key}>
            <CandidateCard
              candidate={candidate}
              opening={opening === candidate.key}
              disabled={opening !== null}
              problem={problem?.key === candidate.key ? problem.text : null}
              onConnect={() => connect(candidate)}
            />
          </li>
        ))}
      </ul>
      {fitting.length > mostContexts && (
        <p className="muted">and {fitting.length - mostContexts} more: type a part of its name</p>
      )}
      {offered.length > 0 && fitting.length === 0 && (
        <p className="muted">No context has “{plainText(sought, 80)}” in its name, server or user.</p>
      )}
      {offered.length > 0 && <OptionsForm options={options} onChange={setOptions} />}
      <ByAddress
        remembered={candidates.filter(({ typed }) => typed !== null)}
        open={new Set(connections.map(({ title }) => title))}
        opening={opening}
        problem={problem}
        onConnect={connect}
        onChanged={() => setLooked(looked + 1)}
      />
    </>
  );
}

function Problem({ text }: { readonly text: string }) {
  return (
    <p role="alert" className="toneBad">
      {text}
    </p>
  );
}

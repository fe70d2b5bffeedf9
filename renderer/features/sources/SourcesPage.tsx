import './sources.css';
import { type ReactNode, useState } from 'react';
import type { ConnectionState, SourceState } from '../../../shared/model/connection.ts';
import type { Environment } from '../../../shared/model/entity.ts';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { useNow } from '../../live/clock.ts';
import { useConnections } from '../../live/connections.ts';
import { openAbout } from '../../state/about.ts';
import { showAgain } from '../../state/programs.ts';
import { showToast } from '../../state/toasts.ts';
import { useView } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { Dot } from '../../ui/Chip.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { formatSpan } from '../../ui/format.ts';
import { Select } from '../../ui/Select.tsx';
import { JoinRules } from './JoinRules.tsx';
import { Permissions } from './Permissions.tsx';

const environments: readonly { readonly id: Environment; readonly title: string }[] = [
  { id: 'production', title: 'production' },
  { id: 'staging', title: 'staging' },
  { id: 'other', title: 'other' },
];

/** For each connection: what was found, what may be done, what is missing and what follows from that. */
export function SourcesPage({ connect }: { readonly connect: ReactNode }) {
  const connections = useConnections();
  const connecting = useView((view) => view.connecting);
  return (
    <div className="page">
      <div className="pageHead sourcesHead">
        <h2>Sources</h2>
        <span className="grow" />
        <Button aria-expanded={connecting} onPress={() => useView.setState({ connecting: !connecting })}>
          {connecting ? 'Not now' : 'Connect another…'}
        </Button>
      </div>
      <div className="pageBody sources">
        {connecting && (
          <section className="sourceConnect" aria-label="Connect another">
            {connect}
          </section>
        )}
        {connections.map((connection) => (
          <ConnectionCard key={connection.id} connection={connection} />
        ))}
        {connections.length > 1 && <JoinRules />}
      </div>
    </div>
  );
}

function ConnectionCard({ connection }: { readonly connection: ConnectionState }) {
  const { id, title, connector, environment, server, peer, user, error, asks, warnings, namespaces } =
    connection;
  const [closing, setClosing] = useState(false);
  const facts = [
    peer === null ? null : `${peer.product} ${peer.version}`,
    server,
    user === null ? null : `as ${user}`,
    connection.locked ? 'read-only' : 'unlocked: writes go through review',
  ].filter((fact) => fact !== null);
  return (
    <section className="sourceCard" aria-label={`Connection ${title}`}>
      <div className="sourceHead">
        <h3>{title}</h3>
        <span className="muted grow ellipsis">{facts.join(' · ')}</span>
        <Select
          label={`Environment of ${title}`}
          options={environments}
          selected={environment}
          onSelect={(chosen) => {
            const found = environments.find((each) => each.id === chosen);
            if (found)
              tell(ask((client) => client.connections.setEnvironment({ id, environment: found.id })));
          }}
        />
        <Button aria-label={`About ${title}`} onPress={() => openAbout(id)}>
          About…
        </Button>
        <Button onPress={() => tell(ask((client) => client.connections.lookAgain({ id })))}>
          Look again
        </Button>
        <Button onPress={() => setClosing(true)}>Close…</Button>
      </div>
      {error !== null && (
        <p role="alert" className="toneBad">
          {error}
        </p>
      )}
      {asks !== null && (
        <div>
          <Button onPress={() => showAgain(asks.program.fingerprint)}>Show the program…</Button>
        </div>
      )}
      {warnings.map((warning) => (
        <p key={warning} className="toneWarn">
          ! {warning}
        </p>
      ))}
      {(connector === 'kubernetes' || namespaces !== null) && (
        <p className="muted">
          Namespaces: {namespaces === null ? 'all that can be listed' : namespaces.join(', ')}
        </p>
      )}
      <ul className="sourceList">
        {connection.sources.map((source) => (
          <SourceLine key={source.id} source={source} />
        ))}
      </ul>
      <Permissions permissions={connection.permissions} />
      {closing && <CloseDialog connection={connection} onDone={() => setClosing(false)} />}
    </section>
  );
}

function SourceLine({ source }: { readonly source: SourceState }) {
  const now = useNow();
  const { tone, word } = looks[source.state];
  const age =
    source.lastAnswerAt === null ? '' : `, last answer ${formatSpan(now - source.lastAnswerAt)} ago`;
  return (
    <li className="sourceItem">
      <Dot tone={tone} />
      <div>
        <b>{source.title}</b>{' '}
        <span className="muted num">
          {word}
          {age}
        </span>
        <div>{source.detail}</div>
        <div className="muted">{source.consequence}</div>
        {source.error !== null && <div className="toneBad">{source.error}</div>}
      </div>
    </li>
  );
}

const looks = {
  connecting: { tone: 'waiting', word: 'connecting' },
  live: { tone: 'ok', word: 'answers' },
  stale: { tone: 'warn', word: 'stale' },
  failing: { tone: 'bad', word: 'fails' },
  absent: { tone: 'unknown', word: 'not found' },
} as const;

function CloseDialog({
  connection,
  onDone,
}: {
  readonly connection: ConnectionState;
  readonly onDone: () => void;
}) {
  const { id, title } = connection;
  return (
    <Dialog title={`Close ${title}?`} onClose={onDone} widthPx={440} role="alertdialog">
      <p style={{ marginTop: 10 }}>
        The map goes with it. Operations that are still being watched are noted in the journal as far as they
        got; nothing that was written is taken back.
      </p>
      <DialogActions>
        <Button onPress={onDone}>Keep it</Button>
        <Button
          tone="primary"
          onPress={() => {
            onDone();
            tell(ask((client) => client.connections.close({ id })));
          }}
        >
          Close {title}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function tell(asked: Promise<unknown>): void {
  asked.catch((error: unknown) => showToast({ tone: 'bad', text: wordsOfError(error) }));
}

import './about.css';
import type { ReactNode } from 'react';
import type { ConnectionState } from '../../../shared/model/connection.ts';
import { useReread } from '../../client/useReread.ts';
import { useConnections } from '../../live/connections.ts';
import { closeAbout, openReport, useAbout } from '../../state/about.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { DeniedNote } from '../../ui/DeniedNote.tsx';
import { formatCount } from '../../ui/format.ts';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { Found } from './Found.tsx';
import { ReportDialog } from './ReportDialog.tsx';
import { Usage } from './Usage.tsx';

const readAgainMs = 5_000;

/** What a connection is made of, who one is there, what it costs its peers; and the report for a bug. */
export function AboutDialog({
  certificates,
}: {
  readonly certificates: (connection: ConnectionState) => ReactNode;
}) {
  const { connectionId, report } = useAbout();
  const connection = useConnections().find(({ id }) => id === connectionId);
  if (report) return <ReportDialog />;
  return connection === undefined ? null : (
    <About connection={connection} certificates={certificates(connection)} />
  );
}

function About({
  connection,
  certificates,
}: {
  readonly connection: ConnectionState;
  readonly certificates: ReactNode;
}) {
  const { id, title, environment, error, warnings, cautions } = connection;
  const { value, problem } = useReread(id, (client, signal) => client.about.connection({ id }, { signal }), {
    everyMs: () => readAgainMs,
  });
  return (
    <Dialog
      title={
        <>
          About <Place title={title} environment={environment} spelled />
        </>
      }
      onClose={closeAbout}
      widthPx={820}
    >
      {error !== null && (
        <p role="alert" className="toneBad">
          {plainText(error, 600)}
        </p>
      )}
      {cautions.map(({ short, says }) => (
        <p key={short} className="toneBad">
          ! {plainText(says, 400)}
        </p>
      ))}
      {warnings.map((warning) => (
        <p key={warning} className="toneWarn">
          ! {plainText(warning, 400)}
        </p>
      ))}
      <Identity connection={connection} />
      <Section title="Versions">
        {value === null ? (
          <p className="muted" role="status">
            {problem ?? 'Asking the console…'}
          </p>
        ) : value.peers.length === 0 ? (
          <p className="muted">Nothing has answered yet.</p>
        ) : (
          <dl className="aboutFacts">
            {value.peers.map(({ source, product, version, server }, i) => (
              <div key={`${source} ${i}`} className="aboutFact">
                <dt>{plainText(source, 80)}</dt>
                <dd>
                  {plainText([product, version].filter((word) => word !== '').join(' '), 120)}{' '}
                  <span className="muted">{plainText(server, 160)}</span>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </Section>
      <Found sources={connection.sources} />
      <Rights connection={connection} />
      {certificates}
      {value !== null && <Usage usage={value.usage} problem={problem} />}
      <DialogActions>
        <Button onPress={openReport}>Report for a bug…</Button>
        <span className="grow" />
        <Button
          onPress={() => {
            closeAbout();
            showPage('sources');
          }}
        >
          Show in Sources
        </Button>
        <Button tone="primary" autoFocus onPress={closeAbout}>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Identity({ connection }: { readonly connection: ConnectionState }) {
  const { connector, server, user, locked, namespaces } = connection;
  return (
    <Section title="Who you are there">
      <dl className="aboutFacts">
        <div className="aboutFact">
          <dt>Server</dt>
          <dd>{server === '' ? <span className="muted">not reached yet</span> : plainText(server, 200)}</dd>
        </div>
        <div className="aboutFact">
          <dt>As</dt>
          <dd>{user === null ? <span className="muted">it does not say</span> : plainText(user, 200)}</dd>
        </div>
        <div className="aboutFact">
          <dt>Writes</dt>
          <dd>{locked ? 'none: read-only until you unlock it' : 'unlocked: each goes through a review'}</dd>
        </div>
        {(connector === 'kubernetes' || namespaces !== null) && (
          <div className="aboutFact">
            <dt>Namespaces</dt>
            <dd>{namespaces === null ? 'all that can be listed' : plainText(namespaces.join(', '), 600)}</dd>
          </div>
        )}
      </dl>
    </Section>
  );
}

/** What is forbidden stands in full, each with a Role to ask for; what may be done is on Sources. */
function Rights({ connection: { permissions } }: { readonly connection: ConnectionState }) {
  if (permissions.length === 0) return null;
  const denied = permissions.filter(({ allowed }) => allowed === false);
  const unsure = permissions.filter(({ allowed }) => allowed === null);
  const may = permissions.filter(({ allowed }) => allowed === true);
  return (
    <Section title="What you may do">
      <p>
        {formatCount(may.length, 'right')} of {permissions.length} that Podium uses
        {unsure.length > 0 && `; of ${unsure.length} the server does not say`}.{' '}
        {denied.length > 0 && (
          <span className="muted">Ready roles for whole tasks are in docs/roles of Podium’s source.</span>
        )}
      </p>
      <ul className="aboutDenied" aria-label="What you may not do">
        {denied.map((permission) => (
          <li key={`${permission.verb} ${permission.resource} ${permission.namespace ?? ''}`}>
            <DeniedNote denied={permission} />
            <span className="muted">{plainText(permission.purpose, 200)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

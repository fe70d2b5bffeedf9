import type { ConfigDocument } from '../../../shared/model/config.ts';
import { useNow } from '../../live/clock.ts';
import { type DocumentView, setDocumentView, useConfigPage } from '../../state/configPage.ts';
import { formatSpan, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { Tabs } from '../../ui/Tabs.tsx';
import { ArrivalNote } from './ArrivalNote.tsx';
import { CompareView } from './CompareView.tsx';
import { type DocumentProps, fullTitle } from './documentWords.ts';
import { EntriesView } from './EntriesView.tsx';
import { HistoryView } from './HistoryView.tsx';
import { PendingBar } from './PendingBar.tsx';
import { YamlView } from './YamlView.tsx';

const views: readonly DocumentView[] = ['entries', 'yaml', 'history', 'compare'];

/** One document: what it is, who gets it and how, and the ways to look at it and change it. */
export function DocumentPane({ serviceId, document }: DocumentProps) {
  const view = useConfigPage((state) => state.view);
  const open = useConfigPage((state) => state.open);
  const isFile = document.kind === 'file';
  const hasEntries = document.kind !== 'mesh' && document.kind !== 'rules' && !isFile;
  const items = [
    ...(hasEntries
      ? [
          {
            id: 'entries',
            title: 'Entries',
            content: (
              <EntriesView
                key={open?.key ?? ''}
                serviceId={serviceId}
                document={document}
                entryKey={open?.key ?? null}
              />
            ),
          },
        ]
      : []),
    ...(document.yaml === null
      ? []
      : [
          {
            id: 'yaml',
            title: isFile ? 'Text' : 'YAML',
            content: <YamlView serviceId={serviceId} document={document} yaml={document.yaml} />,
          },
        ]),
    { id: 'history', title: 'History', content: <HistoryView serviceId={serviceId} document={document} /> },
    ...(document.yaml === null
      ? []
      : [
          {
            id: 'compare',
            title: 'Compare',
            content: <CompareView serviceId={serviceId} document={document} />,
          },
        ]),
  ];
  return (
    <section className="configPane" aria-label={fullTitle(document)}>
      <header className="configHead">
        <h3>{fullTitle(document)}</h3>
        <Writers document={document} />
      </header>
      {document.readOnly !== null && (
        <p className="toneWarn">Read-only: {plainText(document.readOnly, 400)}</p>
      )}
      {document.immutable && (
        <p className="toneWarn">
          It is marked immutable: the API server refuses every change of it, it can only be replaced by
          another.
        </p>
      )}
      <ArrivalNote reach={document.reach} />
      <Tabs
        label={`Ways to look at ${fullTitle(document)}`}
        selected={view}
        onSelect={(id) => {
          const chosen = views.find((each) => each === id);
          if (chosen !== undefined) setDocumentView(chosen);
        }}
        items={items}
      />
      <PendingBar document={document} />
    </section>
  );
}

function Writers({ document: { writers } }: { readonly document: ConfigDocument }) {
  const now = useNow();
  const [last, ...others] = writers;
  if (last === undefined) return null;
  return (
    <p className="muted">
      last written by {plainText(last.who, 80)}
      {last.at !== null && <span title={formatUtc(last.at)}>, {formatSpan(now - last.at)} ago</span>}
      {others.length > 0 &&
        ` · also by ${others
          .slice(0, 3)
          .map(({ who }) => plainText(who, 60))
          .join(', ')}`}
    </p>
  );
}

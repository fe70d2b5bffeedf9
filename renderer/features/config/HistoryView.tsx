import { useState } from 'react';
import type { ConfigVersion } from '../../../shared/model/config.ts';
import { useAsked } from '../../client/useAsked.ts';
import { useNow } from '../../live/clock.ts';
import { draftYaml } from '../../state/configDrafts.ts';
import { setDocumentView } from '../../state/configPage.ts';
import { Button } from '../../ui/Button.tsx';
import { DocumentDiff } from '../../ui/documentViews.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatSpan, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { Select } from '../../ui/Select.tsx';
import { canEdit, type DocumentProps, fullTitle, saysWhoItIs } from './documentWords.ts';
import { restoredText } from './restoredText.ts';
import { withoutIdentity } from './withoutIdentity.ts';

/** Who changed the document when, as far as it is recorded; any two versions as a diff; one of them as the next edit. */
export function HistoryView({ serviceId, document }: DocumentProps) {
  const history = useAsked(JSON.stringify([document.document, document.revision]), (client, signal) =>
    client.config.history({ document: document.document }, { signal }),
  );
  if (history.problem !== null) {
    return (
      <EmptyState
        title="Its history could not be read"
        actions={<Button onPress={history.again}>Read again</Button>}
      >
        {history.problem}
      </EmptyState>
    );
  }
  if (history.value === null) return <EmptyState title="Reading…" busy />;
  if (history.value.length === 0) {
    return (
      <EmptyState title="No history">
        Nobody recorded who changed it: no entry of this journal is about it, and it does not say who wrote
        it.
      </EmptyState>
    );
  }
  return <Versions serviceId={serviceId} document={document} versions={history.value} />;
}

function Versions({
  serviceId,
  document,
  versions,
}: DocumentProps & { readonly versions: readonly ConfigVersion[] }) {
  const now = useNow();
  const compared = saysWhoItIs(document) ? withoutIdentity : (text: string) => text;
  const texts = [
    ...(document.yaml === null ? [] : [{ id: 'now', title: 'as it is now', yaml: compared(document.yaml) }]),
    ...versions.flatMap((version, index) =>
      version.yaml === null
        ? []
        : [{ id: String(index), title: titleOf(version, now), yaml: compared(version.yaml) }],
    ),
  ];
  const newest = texts[0];
  const other = texts.find(({ yaml }) => yaml !== newest?.yaml);
  const [left, setLeft] = useState(other?.id ?? texts[1]?.id ?? 'now');
  const [right, setRight] = useState(newest?.id ?? 'now');
  const textOf = (id: string) => texts.find((each) => each.id === id);
  const before = textOf(left);
  const after = textOf(right);
  return (
    <div className="configView">
      <ol className="configVersions" aria-label="Versions">
        {versions.map((version, index) => (
          <li key={index}>
            <span className="num" {...(version.at !== null && { title: formatUtc(version.at) })}>
              {version.at === null ? 'at some time' : `${formatSpan(now - version.at)} ago`}
            </span>
            <span>
              <b>{plainText(version.who, 80)}</b>{' '}
              <span className="muted">· from {plainText(version.source, 80)}</span>
              {version.note !== null && (
                <span className="muted configNote">{plainText(version.note, 400)}</span>
              )}
            </span>
            {version.yaml !== null && canEdit(document) && document.yaml !== null && (
              <Button
                aria-label={`Restore the version of ${titleOf(version, now)}`}
                isDisabled={compared(version.yaml) === newest?.yaml}
                onPress={() => {
                  const recorded = version.yaml ?? '';
                  const text = saysWhoItIs(document) ? restoredText(recorded, document) : recorded;
                  draftYaml(serviceId, document, text);
                  setDocumentView('yaml');
                }}
              >
                Restore…
              </Button>
            )}
          </li>
        ))}
      </ol>
      {texts.length > 1 && before !== undefined && after !== undefined && (
        <>
          <div className="configCompareHead">
            <span className="muted">Compare</span>
            <Select label="Older version" options={texts} selected={left} onSelect={setLeft} />
            <span className="muted">with</span>
            <Select label="Newer version" options={texts} selected={right} onSelect={setRight} />
          </div>
          {before.yaml === after.yaml ? (
            <p className="muted">They are the same.</p>
          ) : (
            <DocumentDiff
              label={`${fullTitle(document)}, ${before.title} and ${after.title}`}
              before={before.yaml}
              after={after.yaml}
            />
          )}
        </>
      )}
    </div>
  );
}

function titleOf({ at, who }: ConfigVersion, now: number): string {
  const name = plainText(who, 40);
  return at === null ? `by ${name}` : `${formatSpan(now - at)} ago by ${name}`;
}

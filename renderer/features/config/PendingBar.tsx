import { useState } from 'react';
import type { ConfigDocument } from '../../../shared/model/config.ts';
import type { WorkloadRef } from '../../../shared/model/workload.ts';
import { useConnection } from '../../live/connections.ts';
import { useDenied } from '../../live/rights.ts';
import { type ConfigDraft, discardConfigDraft, editOf, useConfigDraft } from '../../state/configDrafts.ts';
import { putOnTray } from '../../state/putOnTray.ts';
import { openReview } from '../../state/review.ts';
import { Button } from '../../ui/Button.tsx';
import { DeniedNote } from '../../ui/DeniedNote.tsx';
import { Checkbox } from '../../ui/Field.tsx';
import { formatCount } from '../../ui/format.ts';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { restartable } from './arrival.ts';
import { fullTitle } from './documentWords.ts';
import { documentFindings } from './textFindings.ts';

/** What is pending of one document, what is restarted with it, and the ways on. Nothing here writes. */
export function PendingBar({ document }: { readonly document: ConfigDocument }) {
  const draft = useConfigDraft(document);
  return draft === null ? null : <Bar key={document.document.uid} document={document} draft={draft} />;
}

function Bar({ document, draft }: { readonly document: ConfigDocument; readonly draft: ConfigDraft }) {
  const { needed, possible } = restartable(document.reach);
  const [withNeeded, setWithNeeded] = useState(true);
  const [withPossible, setWithPossible] = useState(false);
  const connection = useConnection(document.document.connectionId);
  const denied = useDenied(document.document.connectionId, {
    verb: 'patch',
    kind: document.document.kind,
    namespace: document.document.namespace,
  });
  const isOvertaken = draft.seen.revision !== document.revision;
  const problem = problemOf(draft);
  const restart: readonly WorkloadRef[] = [...(withNeeded ? needed : []), ...(withPossible ? possible : [])];
  const title = `Edit ${fullTitle(document)}`;
  const operation = () => editOf(draft, restart);
  return (
    <section className="configBar" aria-label="Pending edit">
      <div className="configBarWords">
        <span>
          <b className="tonePending">{changesInWords(draft)}</b>
          {connection !== null && (
            <>
              {' on '}
              <Place title={connection.title} environment={connection.environment} spelled />
            </>
          )}
        </span>
        {isOvertaken && <span className="toneWarn">It was changed meanwhile; the review shows both.</span>}
        {needed.length > 0 && (
          <Checkbox checked={withNeeded} onChange={setWithNeeded}>
            restart {namesOf(needed)} with it
          </Checkbox>
        )}
        {possible.length > 0 && (
          <Checkbox checked={withPossible} onChange={setWithPossible}>
            restart {namesOf(possible)} too, so that it is surely read
          </Checkbox>
        )}
        {problem !== null && (
          <span className="toneBad" role="status">
            {problem}
          </span>
        )}
        {denied !== null && <DeniedNote denied={denied} />}
      </div>
      <Button onPress={() => discardConfigDraft(document)}>Discard</Button>
      <Button
        isDisabled={problem !== null || denied !== null}
        onPress={() => {
          putOnTray(operation(), title);
          discardConfigDraft(document);
        }}
      >
        Add to pending
      </Button>
      <Button
        tone="primary"
        isDisabled={problem !== null || denied !== null}
        onPress={() => openReview({ kind: 'plan', operation: operation(), title })}
      >
        Review…
      </Button>
    </section>
  );
}

function changesInWords({ edit, seen }: ConfigDraft): string {
  if (edit.kind === 'yaml') return 'text edited';
  const set = Object.keys(edit.set);
  const added = set.filter((key) => !seen.entries.some((entry) => entry.key === key)).length;
  const words = [
    [set.length - added, 'changed'],
    [added, 'added'],
    [edit.remove.length, 'removed'],
  ] as const;
  return words
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formatCount(count, 'entry', 'entries')} ${word}`)
    .join(', ');
}

function problemOf({ edit, seen }: ConfigDraft): string | null {
  if (edit.kind !== 'yaml') return null;
  const errors = documentFindings(edit.text, seen).filter(({ severity }) => severity === 'error');
  return errors.length === 0 ? null : `${formatCount(errors.length, 'error')} to mend first`;
}

function namesOf(workloads: readonly WorkloadRef[]): string {
  const names = workloads.slice(0, 3).map(({ name }) => plainText(name, 40));
  const more = workloads.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

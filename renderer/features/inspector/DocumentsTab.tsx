import { useState } from 'react';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { DocumentView } from '../../../shared/model/inspect.ts';
import { showObject } from '../../state/objectDialog.ts';
import { openHelpAt } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { documentFindingHelp } from '../../ui/documentFindingHelp.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatCount } from '../../ui/format.ts';
import { HelpMark } from '../../ui/HelpMark.tsx';
import { plainText } from '../../ui/plainText.ts';
import { DocumentYaml } from '../../ui/documentViews.tsx';

/** The documents that shape a service, as they stand, with what is wrong marked where it is. */
export function DocumentsTab({
  serviceId,
  documents,
}: {
  readonly serviceId: EntityId;
  readonly documents: readonly DocumentView[];
}) {
  if (documents.length === 0) {
    return <EmptyState title="No documents">No document of the mesh names this service.</EmptyState>;
  }
  return (
    <div className="inspectorPart documents">
      {documents.map((each, index) => (
        <DocumentItem
          key={each.document.uid}
          serviceId={serviceId}
          view={each}
          opens={index === 0 || each.findings.length > 0}
        />
      ))}
    </div>
  );
}

function DocumentItem({
  serviceId,
  view,
  opens,
}: {
  readonly serviceId: EntityId;
  readonly view: DocumentView;
  readonly opens: boolean;
}) {
  const [open, setOpen] = useState(opens);
  const { document, yaml, findings } = view;
  const title = `${document.kind} ${document.namespace === null ? '' : `${document.namespace}/`}${document.name}`;
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.length - errors;
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <b>{plainText(title, 120)}</b> <span className="muted">{plainText(document.apiVersion, 60)}</span>
        {errors > 0 && <span className="toneBad"> · {formatCount(errors, 'error')}</span>}
        {warnings > 0 && <span className="toneWarn"> · {formatCount(warnings, 'warning')}</span>}
      </summary>
      {open && (
        <>
          <FindingTitles findings={findings} />
          <ul className="splitNotes">
            {findings
              .filter((finding) => finding.line === null)
              .map((finding) => (
                <li key={finding.text} className={finding.severity === 'error' ? 'toneBad' : 'toneWarn'}>
                  {plainText(finding.text)}
                </li>
              ))}
          </ul>
          <DocumentYaml label={`${title} as YAML`} text={yaml} findings={findings} />
          <Button
            tone="quiet"
            aria-label={`Whole YAML of ${plainText(title, 120)}`}
            onPress={() => showObject(serviceId, document)}
          >
            Whole YAML…
          </Button>
        </>
      )}
    </details>
  );
}

/** What kinds of thing are wrong, each with the way to what is said of it. */
function FindingTitles({ findings }: { readonly findings: DocumentView['findings'] }) {
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  return (
    <div className="findingTitles">
      {rules.map((rule) => {
        const title = documentFindingHelp[rule]?.title;
        return title === undefined ? null : (
          <span key={rule}>
            {title} <HelpMark onPress={() => openHelpAt('finding', rule)} />
          </span>
        );
      })}
    </div>
  );
}

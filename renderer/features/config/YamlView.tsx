import { useMemo, useState } from 'react';
import { draftYaml, useConfigDraft } from '../../state/configDrafts.ts';
import { Button } from '../../ui/Button.tsx';
import { DocumentEditor } from '../../ui/documentViews.tsx';
import { plainText } from '../../ui/plainText.ts';
import { canEdit, type DocumentProps, formatBytes, fullTitle } from './documentWords.ts';
import { fieldHelp } from './fieldHelp.ts';
import { pathAtCursor } from './pathAtCursor.ts';
import { documentFindings, isYamlName } from './textFindings.ts';
import { useSought } from './useSought.ts';

interface YamlViewProps extends DocumentProps {
  readonly yaml: string;
}

const mostShown = 256_000;

/** The whole text of a document, with what is wrong said at its line and help for the field under the cursor. */
export function YamlView({ serviceId, document, yaml }: YamlViewProps) {
  const draft = useConfigDraft(document);
  const [cursor, setCursor] = useState<number | null>(null);
  const edited = draft?.edit.kind === 'yaml' ? draft.edit.text : null;
  const text = edited ?? yaml;
  const goTo = useSought(text);
  const [whole, setWhole] = useState((goTo?.to ?? 0) > mostShown);
  const isCut = !whole && text.length > mostShown;
  const others = draft?.edit.kind === 'entries';
  const findings = useMemo(
    () => (edited === null ? [] : documentFindings(edited, document)),
    [edited, document],
  );
  const isReadOnly = isCut || others || !canEdit(document);
  const isFile = document.kind === 'file';
  const help = cursor === null ? null : fieldHelp(document.document.kind, pathAtCursor(text, cursor));
  return (
    <div className="configView">
      {others && (
        <p className="toneWarn">Some of its entries are being edited: review or discard those first.</p>
      )}
      {isCut && (
        <p className="toneWarn configCut">
          Only the first {formatBytes(mostShown)} of {formatBytes(text.length)} are shown.{' '}
          <Button onPress={() => setWhole(true)}>Show all of it</Button>
        </p>
      )}
      <DocumentEditor
        label={`${fullTitle(document)} as ${isFile ? 'text' : 'YAML'}`}
        text={isCut ? text.slice(0, mostShown) : text}
        language={isFile && !isYamlName(document.document.name) ? 'plain' : 'yaml'}
        findings={findings}
        isReadOnly={isReadOnly}
        onChange={(next) => draftYaml(serviceId, document, next)}
        onCursor={setCursor}
        goTo={goTo}
      />
      <div className="configHelp" aria-live="polite">
        {help === null ? (
          <p className="muted">
            {!isReadOnly && 'Tab indents; Escape, then Tab leaves the editor.'}
            {document.kind === 'mesh' && ' Help for the field under the cursor stands here.'}
          </p>
        ) : (
          <>
            <p>
              <code>{help.path}</code> {help.text}
            </p>
            {help.inside.length > 0 && (
              <p className="muted">May hold: {help.inside.slice(0, 14).join(', ')}</p>
            )}
          </>
        )}
      </div>
      {findings.length > 0 && (
        <div role="status">
          <ul className="configFindings" aria-label="What is wrong">
            {findings.slice(0, 5).map(({ line, text: said }, index) => (
              <li key={index} className="toneBad">
                line {line ?? 1}: {plainText(said, 300)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

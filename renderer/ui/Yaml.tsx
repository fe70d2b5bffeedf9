import './Code.css';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { Finding } from '../../shared/model/inspect.ts';
import { readOnlyYaml } from './codeView.ts';
import { findingMarks } from './findingMarks.ts';

interface YamlProps {
  readonly label: string;
  readonly text: string;
  readonly findings: readonly Finding[];
}

/** A document as it stands, with what is wrong said under the line it is about. */
export function Yaml({ label, text, findings }: YamlProps) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!frame.current) return;
    const view = new EditorView({
      parent: frame.current,
      doc: text.trimEnd(),
      extensions: [readOnlyYaml(label), lineNumbers(), marksOf(text.trimEnd(), findings)],
    });
    return () => view.destroy();
  }, [label, text, findings]);
  return <div className="code codeYaml" ref={frame} />;
}

function marksOf(text: string, findings: readonly Finding[]): Extension {
  return EditorView.decorations.of(findingMarks(findings, EditorState.create({ doc: text }).doc));
}

import './Code.css';
import { EditorState, type Extension, RangeSetBuilder } from '@codemirror/state';
import { Decoration, EditorView, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { Finding } from '../../shared/model/inspect.ts';
import { readOnlyYaml } from './codeView.ts';
import { lineNote } from './lineNote.ts';

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
  const { doc } = EditorState.create({ doc: text });
  const builder = new RangeSetBuilder<Decoration>();
  const placed = findings.filter((finding) => finding.line !== null && finding.line <= doc.lines);
  for (const finding of [...placed].sort((a, b) => (a.line ?? 0) - (b.line ?? 0))) {
    const line = doc.line(Math.max(1, finding.line ?? 1));
    builder.add(line.from, line.from, Decoration.line({ class: `codeLine ${finding.severity}` }));
    builder.add(line.to, line.to, lineNote(finding));
  }
  return EditorView.decorations.of(builder.finish());
}

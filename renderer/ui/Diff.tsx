import './Code.css';
import { unifiedMergeView } from '@codemirror/merge';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { readOnlyYaml } from './codeView.ts';

interface DiffProps {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** Two versions of a document as one: taken lines red with −, new ones green with +, long same stretches folded. */
export function Diff({ label, before, after }: DiffProps) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!frame.current) return;
    const view = new EditorView({
      parent: frame.current,
      doc: trimEnd(after),
      extensions: [
        readOnlyYaml(label),
        unifiedMergeView({
          original: trimEnd(before),
          mergeControls: false,
          gutter: false,
          highlightChanges: false,
          collapseUnchanged: { margin: 4, minSize: 4 },
        }),
      ],
    });
    return () => view.destroy();
  }, [label, before, after]);
  return <div className="code codeDiff" ref={frame} />;
}

/** The line feed that ends a document is not a line of its own to who reads it. */
function trimEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

import './Code.css';
import { unifiedMergeView } from '@codemirror/merge';
import { EditorView } from '@codemirror/view';
import { useEffect, useMemo, useRef } from 'react';
import { readOnlyYaml } from './codeView.ts';
import { comparedEnds } from './lineEnds.ts';

interface DiffProps {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** Two versions of a document as one: taken lines red with −, new ones green with +, long same stretches folded. */
export function Diff({ label, before, after }: DiffProps) {
  const ends = useMemo(() => comparedEnds(before, after), [before, after]);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!frame.current) return;
    const view = new EditorView({
      parent: frame.current,
      doc: ends.after,
      extensions: [
        readOnlyYaml(label),
        unifiedMergeView({
          original: ends.before,
          mergeControls: false,
          gutter: false,
          highlightChanges: false,
          collapseUnchanged: { margin: 4, minSize: 4 },
        }),
      ],
    });
    return () => view.destroy();
  }, [label, ends]);
  return <div className={ends.endsEmpty ? 'code codeDiff endsEmpty' : 'code codeDiff'} ref={frame} />;
}

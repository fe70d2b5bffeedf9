import './Code.css';
import { MergeView } from '@codemirror/merge';
import { useEffect, useRef } from 'react';
import { readOnlyYaml } from './codeView.ts';

interface Side {
  readonly title: string;
  readonly text: string;
}

interface SidesProps {
  readonly left: Side;
  readonly right: Side;
}

/** Two documents side by side, what differs marked, long same stretches folded. */
export function Sides({ left, right }: SidesProps) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!frame.current) return;
    const view = new MergeView({
      parent: frame.current,
      a: { doc: left.text.trimEnd(), extensions: [readOnlyYaml(left.title)] },
      b: { doc: right.text.trimEnd(), extensions: [readOnlyYaml(right.title)] },
      gutter: false,
      highlightChanges: false,
      collapseUnchanged: { margin: 4, minSize: 6 },
    });
    return () => view.destroy();
  }, [left.title, left.text, right.title, right.text]);
  return (
    <div className="codeSides">
      <div className="codeSidesHead">
        <b>{left.title}</b>
        <b>{right.title}</b>
      </div>
      <div className="code" ref={frame} />
    </div>
  );
}

import './Code.css';
import { MergeView } from '@codemirror/merge';
import { useEffect, useMemo, useRef } from 'react';
import { readOnlyYaml } from './codeView.ts';
import { comparedEnds } from './lineEnds.ts';

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
  const ends = useMemo(() => comparedEnds(left.text, right.text), [left.text, right.text]);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!frame.current) return;
    const view = new MergeView({
      parent: frame.current,
      a: { doc: ends.before, extensions: [readOnlyYaml(left.title)] },
      b: { doc: ends.after, extensions: [readOnlyYaml(right.title)] },
      gutter: false,
      highlightChanges: false,
      collapseUnchanged: { margin: 4, minSize: 6 },
    });
    return () => view.destroy();
  }, [left.title, right.title, ends]);
  return (
    <div className="codeSides">
      <div className="codeSidesHead">
        <b>{left.title}</b>
        <b>{right.title}</b>
      </div>
      <div className={ends.endsEmpty ? 'code endsEmpty' : 'code'} ref={frame} />
    </div>
  );
}

import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import type { ShownEntry } from './logBuffer.ts';
import { LogLineRow, type LogMark, LogNoteRow } from './LogRow.tsx';

const rowPx = 18;
const spareRows = 20;
/** Rows of unknown height cannot be left out of the drawing, so that fewer are drawn. */
const mostWrapped = 1_000;

interface LogLinesProps {
  readonly label: string;
  readonly entries: readonly ShownEntry[];
  readonly marks: ReadonlyMap<string, LogMark> | null;
  readonly wraps: boolean;
  readonly previous: boolean;
  /** Whether it is not known yet what a filter lets through. */
  readonly isTrying: boolean;
  readonly onAll: () => void;
}

/** The lines, of which only those in sight are drawn; stays at the end as long as it is at the end. */
export function LogLines(props: LogLinesProps) {
  const { label, entries, marks, wraps, previous, isTrying, onAll } = props;
  const frame = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [seen, setSeen] = useState({ topPx: 0, heightPx: 400 });
  const left = wraps ? Math.max(0, entries.length - mostWrapped) : 0;
  const from = wraps ? left : Math.max(0, Math.floor(seen.topPx / rowPx) - spareRows);
  const until = wraps ? entries.length : Math.ceil((seen.topPx + seen.heightPx) / rowPx) + spareRows;
  const drawn = entries.slice(from, until);

  useLayoutEffect(() => {
    const { current } = frame;
    if (current !== null && isAtEnd.current) current.scrollTop = current.scrollHeight;
  }, [entries, wraps]);
  useEffect(() => {
    const { current } = frame;
    if (current === null) return;
    const look = (): void => setSeen({ topPx: current.scrollTop, heightPx: current.clientHeight });
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) current.scrollTop = current.scrollHeight;
      look();
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);

  const onScroll = (): void => {
    const { current } = frame;
    if (current === null) return;
    isAtEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < 2 * rowPx;
    setSeen({ topPx: current.scrollTop, heightPx: current.clientHeight });
  };
  // The button goes away, and the keyboard with it.
  const showAll = (): void => {
    onAll();
    frame.current?.focus();
  };
  return (
    <div
      ref={frame}
      className={wraps ? 'logLines wraps' : 'logLines'}
      role="log"
      aria-live="off"
      aria-label={label}
      tabIndex={0}
      onScroll={onScroll}
    >
      {left > 0 && (
        <p className="muted logLeft">While lines are wrapped the newest {mostWrapped} are drawn.</p>
      )}
      {entries.length === 0 && !isTrying && (
        <EmptyState title="No line matches" actions={<Button onPress={showAll}>Show all lines</Button>} />
      )}
      <div
        className="logSheet"
        style={
          wraps ? {} : { paddingTop: from * rowPx, height: entries.length * rowPx, boxSizing: 'border-box' }
        }
      >
        {drawn.map(({ number, entry }) =>
          entry.kind === 'line' ? (
            <LogLineRow
              key={number}
              line={entry}
              mark={marks?.get(entry.instance) ?? null}
              previous={previous}
            />
          ) : (
            <LogNoteRow key={number} note={entry} mark={marks?.get(entry.instance ?? '') ?? null} />
          ),
        )}
      </div>
    </div>
  );
}

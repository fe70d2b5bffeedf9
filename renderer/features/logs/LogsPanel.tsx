import './logs.css';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { LogAsk, LogNote } from '../../../shared/model/log.ts';
import { useReread } from '../../client/useReread.ts';
import { useService } from '../../live/topology.ts';
import { closeLogs, type LogRequest, showLogsAt, useLogPanel } from '../../state/logs.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Checkbox } from '../../ui/Field.tsx';
import { formatCount } from '../../ui/format.ts';
import { offerFile } from '../../ui/offerFile.ts';
import { plainText } from '../../ui/plainText.ts';
import { useElementSize } from '../../ui/useElementSize.ts';
import { LogBar, type LogChoice } from './LogBar.tsx';
import type { ShownEntry } from './logBuffer.ts';
import { type LogDeed, narrowLogsPx } from './logDeeds.ts';
import { LogFilterBar } from './LogFilterBar.tsx';
import { noFilter } from './logFilter.ts';
import { LogLines } from './LogLines.tsx';
import { LogMore } from './LogMore.tsx';
import { type LogMark, MissingRights } from './LogRow.tsx';
import { asText, countLines, shortNames } from './logWords.ts';
import { type Paused, pausedIn } from './logIntake.ts';
import { PanelEdge } from './PanelEdge.tsx';
import { useLogStream } from './useLogStream.ts';
import { useMatching } from './useMatching.ts';

/** Where the logs of a service are read, below the map; nothing while nobody asked. */
export function LogsPanel() {
  const request = useLogPanel((panel) => panel.request);
  if (request === null) return null;
  const { serviceId, instances } = request;
  return <OpenPanel key={`${serviceId} ${instances?.join() ?? ''}`} request={request} />;
}

const colours = 5;
const instancesEveryMs = 10_000;
const mostLines = 5_000;

function OpenPanel({ request: { serviceId, instances: asked, sinceAt } }: { readonly request: LogRequest }) {
  const service = useService(serviceId);
  const heightPx = useLogPanel((panel) => panel.heightPx);
  const [choice, setChoice] = useState<LogChoice>({
    instance: asked?.[0] ?? null,
    container: null,
    previous: false,
    lines: 500,
  });
  const [follows, setFollows] = useState(true);
  const [wraps, setWraps] = useState(false);
  const [filter, setFilter] = useState(noFilter);
  const [round, setRound] = useState(0);
  const [said, setSaid] = useState('');
  const [isWrongTime, setWrongTime] = useState(false);
  // The keyboard goes where somebody wants to read, and afterwards back to where it was.
  const [opener] = useState(() => document.activeElement);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const [panelRef, { width }] = useElementSize<HTMLElement>();
  const isNarrow = width > 0 && width < narrowLogsPx;
  const [pausedAt, setPausedAt] = useState<Paused | null>(null);
  const places = useReread(serviceId, (client, signal) => client.logs.instances({ serviceId }, { signal }), {
    everyMs: () => instancesEveryMs,
  });
  const ask: LogAsk = {
    serviceId,
    instances: choice.instance === null ? null : [choice.instance],
    container: choice.container,
    previous: choice.previous,
    follow: follows && !choice.previous,
    sinceAt,
    lines: choice.lines,
  };
  const stream = useLogStream(ask, round);
  const { buffer, phase, problem } = stream;
  const paused = pausedIn(pausedAt, stream);
  const entries = paused?.entries ?? buffer.entries;
  const { shown, isTrying, problem: filterProblem } = useMatching(entries, filter);
  const [shownLines, allLines] = [countLines(shown), countLines(entries)];
  const marks = useMemo(() => marksOf(entries), [entries]);
  const notes = useMemo(
    () => entries.flatMap(({ entry }): LogNote[] => (entry.kind === 'note' ? [entry] : [])),
    [entries],
  );
  const name = plainText(service?.name ?? 'this service', 90);
  const togglePause = (): void => setPausedAt(paused === null ? stream : null);
  const text = (): string => asText(shown, marks === null ? 'without names' : 'with names');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      setSaid(`${formatCount(shownLines, 'line')} copied.`);
    } catch {
      setSaid('The clipboard is out of reach here; save them instead.');
    }
  };
  const save = (): void =>
    offerFile(`${fileName(service?.name ?? 'service')}.log`, new Blob([text()], { type: 'text/plain' }));
  const moreLines = (): void => setChoice({ ...choice, lines: mostLines });
  const deeds: Readonly<Record<LogDeed, () => void>> = {
    wrap: () => setWraps(!wraps),
    previous: () => setChoice({ ...choice, previous: !choice.previous }),
    more: moreLines,
    copy: () => void copy(),
    save,
  };
  const close = (): void => {
    closeLogs();
    if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
  };
  const onKey = (key: string): boolean => {
    switch (key) {
      case ' ':
        togglePause();
        return true;
      case 'w':
        setWraps(!wraps);
        return true;
      case '/':
        document.querySelector<HTMLInputElement>('input[data-log-filter]')?.focus();
        return true;
      case 'Escape':
        close();
        return true;
    }
    return false;
  };
  /** Of the lines, and of what is no control: a button has keys of its own. */
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof HTMLElement)) return;
    if (!event.currentTarget.contains(target) || target.closest('input') !== null) return;
    if (key !== 'Escape' && target.closest('button') !== null) return;
    if (!onKey(key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const instances = places.value?.instances ?? [];
  return (
    <section
      ref={panelRef}
      className={isNarrow ? 'logs narrow' : 'logs'}
      aria-label={`Logs of ${name}`}
      style={{ height: heightPx }}
      onKeyDown={onKeyDown}
    >
      <PanelEdge heightPx={heightPx} />
      <header className="logsHead">
        <h2 ref={heading} tabIndex={-1} title={`Logs of ${name}`}>
          Logs of {name}
        </h2>
        <LogBar
          isNarrow={isNarrow}
          instances={instances}
          choice={choice}
          onChoose={setChoice}
          sinceAt={sinceAt}
          onSince={showLogsAt}
          isWrong={isWrongTime}
          onWrong={setWrongTime}
        />
        <span className="grow" />
        <Button tone="quiet" square aria-label="Close logs" onPress={close}>
          ×
        </Button>
      </header>
      <div className="logsHead">
        <LogFilterBar filter={filter} onFilter={setFilter} />
        <Checkbox checked={follows} onChange={setFollows} disabled={choice.previous}>
          follow
        </Checkbox>
        {!isNarrow && (
          <Checkbox checked={wraps} onChange={setWraps}>
            wrap
          </Checkbox>
        )}
        <Button onPress={togglePause} isDisabled={phase === 'over' && paused === null}>
          {paused === null ? 'Pause' : `Go on · ${paused.since} new`}
        </Button>
        {isNarrow ? (
          <LogMore
            state={{
              wraps,
              previous: choice.previous,
              hasMore: choice.lines < mostLines,
              hasLines: shown.length > 0,
            }}
            onChoose={(deed) => deeds[deed]()}
          />
        ) : (
          <>
            <MoreLines lines={choice.lines} onMore={moreLines} />
            <Button onPress={() => void copy()} isDisabled={shown.length === 0}>
              Copy
            </Button>
            <Button onPress={save} isDisabled={shown.length === 0}>
              Save…
            </Button>
          </>
        )}
        <span className="muted logsSaid" role="status">
          {stateOf(phase, shownLines, allLines, paused !== null)}
          {buffer.dropped > 0 && ` · ${buffer.dropped} older ones dropped`}
          {said !== '' && ` · ${said}`}
        </span>
      </div>
      {isWrongTime && <p className="toneWarn logsProblem">! A time is like 14:06, 14:06:30 or 5m (ago).</p>}
      {filterProblem !== null && <p className="toneWarn logsProblem">! {plainText(filterProblem, 300)}</p>}
      {problem !== null && <p className="toneBad logsProblem">! Not being read: {problem}</p>}
      {(places.value?.problems ?? []).map((each) => (
        <p key={each} className="toneWarn logsProblem">
          ! {plainText(each, 400)}
        </p>
      ))}
      <MissingRights notes={notes} />
      {entries.length === 0 ? (
        <NoLines
          phase={phase}
          isReadable={places.value === null || instances.length > 0}
          onAgain={() => setRound(round + 1)}
        />
      ) : (
        <LogLines
          label={`Lines of ${name}`}
          entries={shown}
          marks={marks}
          // Where there is nothing but notes, all of each is in view.
          wraps={wraps || shownLines === 0}
          isTrying={isTrying}
          onAll={() => setFilter(noFilter)}
          previous={choice.previous}
        />
      )}
    </section>
  );
}

function MoreLines({ lines, onMore }: { readonly lines: number; readonly onMore: () => void }) {
  const hasAll = lines >= mostLines;
  return (
    <Button tone="quiet" isDisabled={hasAll} onPress={onMore}>
      {hasAll ? `${mostLines} lines each` : 'More lines'}
    </Button>
  );
}

function NoLines({
  phase,
  isReadable,
  onAgain,
}: {
  readonly phase: string;
  readonly isReadable: boolean;
  readonly onAgain: () => void;
}) {
  if (!isReadable)
    return (
      <EmptyState title="No logs">No source of this service has instances whose logs it can read.</EmptyState>
    );
  if (phase === 'asking' || phase === 'past') return <EmptyState title="Reading…" busy />;
  return (
    <EmptyState title="No lines" actions={<Button onPress={onAgain}>Read again</Button>}>
      {phase === 'live' ? 'Nothing was written yet; what comes is shown.' : 'Nothing was written.'}
    </EmptyState>
  );
}

function marksOf(entries: readonly ShownEntry[]): ReadonlyMap<string, LogMark> | null {
  const names = [...new Set(entries.flatMap(({ entry }) => entry.instance ?? []))].sort();
  if (names.length < 2) return null;
  const short = shortNames(names);
  return new Map(
    names.map((name, place) => [name, { name: short.get(name) ?? name, colour: (place % colours) + 1 }]),
  );
}

function stateOf(phase: string, shown: number, all: number, isPaused: boolean): string {
  const count = `${shown === all ? '' : `${shown} of `}${formatCount(all, 'line')}`;
  if (isPaused) return `${count} · paused`;
  if (phase === 'live') return `${count} · live`;
  return phase === 'over' ? `${count} · all there is` : count;
}

/** A name that any file system takes. */
const fileName = (name: string): string => name.replace(/[^a-zA-Z0-9._-]/g, '_').slice(0, 80);

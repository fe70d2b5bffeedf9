import { useEffect, useMemo, useRef, useState } from 'react';
import type { ShownEntry } from './logBuffer.ts';
import {
  expressionProblem,
  flagsOf,
  type LogFilter,
  type MatchAnswer,
  type MatchQuestion,
  textMatcher,
} from './logFilter.ts';

/** An expression that takes longer on so many lines would stop the window, were it not in a worker. */
const patienceMs = 5_000;
const linesAtOnce = 2_000;

interface Matching {
  readonly shown: readonly ShownEntry[];
  /** Whether it is not known yet what matches. */
  readonly isTrying: boolean;
  /** Why nothing is filtered, in words. */
  readonly problem: string | null;
}

/** The entries that a filter lets through; notes always are, for a gap concerns what is hidden too. */
export function useMatching(entries: readonly ShownEntry[], filter: LogFilter): Matching {
  const problem = expressionProblem(filter);
  const usesWorker = filter.isExpression && filter.text !== '' && problem === null;
  const expression = useExpression(usesWorker ? entries : nothing, filter, usesWorker);
  return useMemo(() => {
    if (filter.text === '' || problem !== null) return { shown: entries, isTrying: false, problem };
    if (usesWorker) {
      if (expression.problem !== null)
        return { shown: entries, isTrying: false, problem: expression.problem };
      const { hits } = expression;
      const wanted = ({ number, entry }: ShownEntry): boolean =>
        entry.kind === 'note' || hits.get(number) === !filter.isInverted;
      return { shown: entries.filter(wanted), isTrying: hits.size === 0, problem: null };
    }
    const matches = textMatcher(filter);
    return {
      shown: entries.filter(
        ({ entry }) => entry.kind === 'note' || matches(entry.text) !== filter.isInverted,
      ),
      isTrying: false,
      problem: null,
    };
  }, [entries, filter, problem, usesWorker, expression]);
}

const nothing: readonly ShownEntry[] = [];
interface Found {
  readonly hits: ReadonlyMap<number, boolean>;
  readonly problem: string | null;
}
const noneFound: Found = { hits: new Map(), problem: null };

/** Has a worker try the expression on each line once, some lines at a time, and gives up when it does not come back. */
function useExpression(entries: readonly ShownEntry[], filter: LogFilter, isUsed: boolean): Found {
  const key = `${flagsOf(filter.matchesCase)} ${filter.text}`;
  const [found, setFound] = useState<{ readonly key: string } & Found>({ key, ...noneFound });
  const latest = useRef(entries);
  const wake = useRef<() => void>(() => undefined);
  useEffect(() => {
    latest.current = entries;
    wake.current();
  }, [entries]);

  useEffect(() => {
    if (!isUsed) return;
    const flags = key.slice(0, key.indexOf(' '));
    const source = key.slice(flags.length + 1);
    const worker = new Worker(new URL('./matchLines.worker.ts', import.meta.url), { type: 'module' });
    let asked: readonly ShownEntry[] = [];
    let sequence = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let hits = new Map<number, boolean>();
    let isDone = false;
    const next = (): void => {
      if (asked.length > 0 || isDone) return;
      const known = latest.current;
      const oldest = known[0]?.number ?? 0;
      if (hits.size > 2 * known.length) hits = new Map([...hits].filter(([number]) => number >= oldest));
      asked = known
        .filter(({ number, entry }) => entry.kind === 'line' && !hits.has(number))
        .slice(0, linesAtOnce);
      if (asked.length === 0) return;
      sequence += 1;
      const question: MatchQuestion = {
        sequence,
        source,
        flags,
        texts: asked.map(({ entry }) => entry.text),
      };
      worker.postMessage(question);
      timer = setTimeout(() => {
        isDone = true;
        worker.terminate();
        const problem = 'This expression takes too long on a line, so nothing is hidden. Make it simpler.';
        setFound({ key, hits: new Map(), problem });
      }, patienceMs);
    };
    worker.onmessage = ({ data }: MessageEvent<MatchAnswer>) => {
      if (data.sequence !== sequence) return;
      clearTimeout(timer);
      asked.forEach(({ number }, place) => hits.set(number, data.hits[place] === true));
      asked = [];
      setFound({ key, hits: new Map(hits), problem: null });
      next();
    };
    wake.current = next;
    next();
    return () => {
      isDone = true;
      clearTimeout(timer);
      worker.terminate();
      wake.current = () => undefined;
    };
  }, [key, isUsed]);
  return found.key === key ? found : noneFound;
}

import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import { ask, type ConsoleClient } from './link.ts';
import { wordsOfError } from './watch.ts';

/** The newest answer to a question; an older one stays while it is asked again, `problem` says why it is not newer. */
export interface Reread<T> {
  readonly value: T | null;
  readonly problem: string | null;
  readonly again: () => void;
}

/**
 * Puts a question when the component is drawn, again when `round` changes, and again by itself `everyMs` after each answer
 * while the window can be seen; null asks no more. `key` names what is asked: when it changes, nothing is known at first.
 */
export function useReread<T>(
  key: string | null,
  question: (client: ConsoleClient, signal: AbortSignal) => Promise<T>,
  { everyMs, round = 0 }: { readonly everyMs: (value: T | null) => number | null; readonly round?: number },
): Reread<T> {
  const [held, setHeld] = useState<{ key: string; value: T | null; problem: string | null } | null>(null);
  const [called, setCalled] = useState(0);
  const put = useEffectEvent(question);
  const pauseMs = useEffectEvent(everyMs);
  useEffect(() => {
    if (key === null) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onVisible = (): void => {
      if (!document.hidden) void read();
    };
    const later = (value: T | null): void => {
      const ms = pauseMs(value);
      if (ms === null || stop.signal.aborted) return;
      timer = setTimeout(() => {
        // Nobody looks: it is read when somebody does again.
        if (document.hidden) document.addEventListener('visibilitychange', onVisible, { once: true });
        else void read();
      }, ms);
    };
    const read = async (): Promise<void> => {
      try {
        const value = await ask((client) => put(client, stop.signal));
        if (stop.signal.aborted) return;
        setHeld({ key, value, problem: null });
        later(value);
      } catch (error) {
        if (stop.signal.aborted) return;
        const problem = wordsOfError(error);
        setHeld((before) => ({ key, value: before?.key === key ? before.value : null, problem }));
        later(null);
      }
    };
    void read();
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [key, round, called]);
  const again = useCallback(() => setCalled((count) => count + 1), []);
  const current = held !== null && held.key === key ? held : null;
  return { value: current?.value ?? null, problem: current?.problem ?? null, again };
}

import { useCallback, useEffect, useState } from 'react';
import { ask, type ConsoleClient } from './link.ts';
import { wordsOfError } from './watch.ts';

/** The answer to one question; both null while it is being asked. */
export interface Asked<T> {
  readonly value: T | null;
  readonly problem: string | null;
  readonly again: () => void;
}

/**
 * Puts one question to the console when the component is drawn, and anew when `key` changes, which names what is asked;
 * `question` itself may be a new function on each render. A null key asks nothing.
 */
export function useAsked<T>(
  key: string | null,
  question: (client: ConsoleClient, signal: AbortSignal) => Promise<T>,
): Asked<T> {
  const [round, setRound] = useState(0);
  const asked = key === null ? null : `${round} ${key}`;
  const [answer, setAnswer] = useState<{ asked: string; value: T | null; problem: string | null } | null>(
    null,
  );
  useEffect(() => {
    if (asked === null) return;
    const stop = new AbortController();
    ask((client) => question(client, stop.signal)).then(
      (value) => {
        if (!stop.signal.aborted) setAnswer({ asked, value, problem: null });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setAnswer({ asked, value: null, problem: wordsOfError(error) });
      },
    );
    return () => stop.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key stands for what `question` closes over
  }, [asked]);
  const again = useCallback(() => setRound((count) => count + 1), []);
  const current = answer !== null && answer.asked === asked ? answer : null;
  return { value: current?.value ?? null, problem: current?.problem ?? null, again };
}

import { useEffect, useState } from 'react';
import type { OperationRecord } from '../../../shared/model/record.ts';
import { ask, useLink } from '../../client/link.ts';
import { watch, wordsOfError } from '../../client/watch.ts';

/** What the page lists at once. */
export const mostRecords = 200;

interface JournalState {
  /** Newest first; null until first read. */
  readonly records: readonly OperationRecord[] | null;
  readonly writable: boolean;
  readonly problem: string | null;
}

/** Typing is let rest this long before it is searched for. */
const restMs = 150;

/** The journal's records that match, read again whenever one was added or changed. */
export function useJournal(query: string): JournalState {
  const [state, setState] = useState<JournalState>({ records: null, writable: true, problem: null });
  const client = useLink((link) => link.client);
  useEffect(() => {
    let live = true;
    let reading = false;
    let again = false;
    const read = async () => {
      // A burst of notes is one more read, not one each.
      again = reading;
      if (reading) return;
      reading = true;
      try {
        const answer = await ask((console) =>
          console.journal.list({ query: query.slice(0, 200), limit: mostRecords }),
        );
        if (live) setState({ ...answer, problem: null });
      } catch (error) {
        if (live) setState((before) => ({ ...before, problem: wordsOfError(error) }));
      }
      reading = false;
      if (again && live) void read();
    };
    const timer = setTimeout(() => void read(), restMs);
    const stop = watch((console, signal) => console.journal.watch(undefined, { signal }), {
      onValue: () => void read(),
    });
    return () => {
      live = false;
      clearTimeout(timer);
      stop();
    };
  }, [query, client]);
  return state;
}

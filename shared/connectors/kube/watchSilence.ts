import type { ConnectorHost } from '../kit/connector.ts';
import { networksHere } from './networkHere.ts';

/** Real servers send a bookmark a minute. */
const bookmarkSilenceMs = 150_000;
const staleAfterMs = 90_000;
const limitGraceMs = 30_000;

/** When a watch was heard last, and whether its server sends bookmarks: only then does silence mean something. */
export interface Heard {
  at: number;
  bookmarks: boolean;
}

/** Ends a watch that is open and dead: a lost network closes nothing. Says once when it has become doubtful. */
export async function guardSilence(
  clock: ConnectorHost['clock'],
  heard: Heard,
  timeoutSeconds: number,
  stop: AbortController,
  stale: () => void,
): Promise<void> {
  let saidAt = -1;
  for (;;) {
    // Somebody set the clock back: what was heard was not heard in the future.
    heard.at = Math.min(heard.at, clock.now());
    const limitMs = heard.bookmarks ? bookmarkSilenceMs : timeoutSeconds * 1000 + limitGraceMs;
    const quietMs = clock.now() - heard.at;
    if (quietMs >= limitMs) return stop.abort();
    if (heard.bookmarks && quietMs >= staleAfterMs && saidAt !== heard.at) {
      saidAt = heard.at;
      stale();
    }
    const untilMs = heard.bookmarks && quietMs < staleAfterMs ? staleAfterMs - quietMs : limitMs - quietMs;
    try {
      await clock.sleep(Math.min(untilMs, staleAfterMs), stop.signal);
    } catch {
      return;
    }
  }
}

const lookEveryMs = 10_000;
/** More than a busy machine is ever late. */
const sleptMs = 30_000;

/**
 * Calls `woke`, with what happened, after the machine slept (timers stand still then, and the time of day does not) and after it
 * left a network: what was connected from there is dead, and nobody tells. Ends when aborted.
 */
export async function noticeAbsence(
  clock: ConnectorHost['clock'],
  woke: (what: string) => void,
  signal: AbortSignal,
  networks: () => ReadonlySet<string> = networksHere,
): Promise<void> {
  let here = networks();
  while (!signal.aborted) {
    const before = clock.now();
    try {
      await clock.sleep(lookEveryMs, signal);
    } catch {
      return;
    }
    const now = networks();
    // One that came is no reason: what is connected goes on as it was.
    const left = [...here].some((one) => !now.has(one));
    here = now;
    if (clock.now() - before >= lookEveryMs + sleptMs) woke('This machine was asleep');
    else if (left) woke('This machine left a network');
  }
}

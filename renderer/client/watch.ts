import { plainText } from '../ui/plainText.ts';
import { type ConsoleClient, retryAfterMs, useLink } from './link.ts';

/** Begins a stream; must pass the signal on, so that the console stops when nobody listens. */
export type StartStream<T> = (client: ConsoleClient, signal: AbortSignal) => Promise<AsyncIterable<T>>;

/** What a watcher is told of. */
export interface Watcher<T> {
  readonly onValue: (value: T) => void;
  /** A new stream begins: what was seen before may have gaps. */
  readonly onStart?: () => void;
  /** The stream failed, in words; it is tried again. */
  readonly onProblem?: (text: string) => void;
}

/** Listens to a stream of the console and begins anew after every drop, until the returned function is called. */
export function watch<T>(start: StartStream<T>, watcher: Watcher<T>): () => void {
  return listenOver(start, watcher, () => true);
}

/**
 * Listens as long as the window can be seen. For what the console asks peers about again and again: nobody is asked for the sake
 * of a window that is hidden, and one that comes back is served at once.
 */
export function watchWhileSeen<T>(start: StartStream<T>, watcher: Watcher<T>): () => void {
  return listenOver(start, watcher, () => !document.hidden);
}

function listenOver<T>(start: StartStream<T>, watcher: Watcher<T>, wanted: () => boolean): () => void {
  let current: AbortController | null = null;
  let currentClient: ConsoleClient | null = null;

  const follow = (): void => {
    const client = wanted() ? useLink.getState().client : null;
    if (client === currentClient) return;
    current?.abort();
    currentClient = client;
    if (client === null) return;
    current = new AbortController();
    void listen(client, start, watcher, current.signal);
  };

  const unsubscribe = useLink.subscribe(follow);
  document.addEventListener('visibilitychange', follow);
  follow();
  return () => {
    unsubscribe();
    document.removeEventListener('visibilitychange', follow);
    current?.abort();
  };
}

async function listen<T>(
  client: ConsoleClient,
  start: StartStream<T>,
  watcher: Watcher<T>,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      const stream = await start(client, signal);
      if (signal.aborted) return;
      watcher.onStart?.();
      for await (const value of stream) {
        if (signal.aborted) return;
        attempt = 1;
        watcher.onValue(value);
      }
    } catch (error) {
      if (signal.aborted) return;
      watcher.onProblem?.(wordsOfError(error));
    }
    await pause(retryAfterMs(attempt), signal);
  }
}

/** The sentence an error carries, made safe to draw, else one that at least says so. */
export function wordsOfError(error: unknown): string {
  if (error instanceof Error && error.message !== '') return plainText(error.message, 600);
  return 'The console answered with an error that says nothing.';
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    }
    signal.addEventListener('abort', finish);
  });
}

/** A counter that can be waited on. Streams are built on it, so that a slow reader skips what it missed. */
export interface Pulse {
  readonly count: number;
  /** Wakes everyone who waits. */
  bump(): void;
  /** Resolves with the new count once it is past `seen`; rejects with the signal's reason. */
  after(seen: number, signal: AbortSignal | undefined): Promise<number>;
}

/** A pulse that starts at 1, so that a reader who has seen nothing (0) is served at once. */
export function createPulse(): Pulse {
  let count = 1;
  const waiting = new Set<() => void>();
  return {
    get count() {
      return count;
    },
    bump() {
      count += 1;
      const wake = [...waiting];
      waiting.clear();
      for (const resolve of wake) resolve();
    },
    after(seen, signal) {
      if (signal?.aborted) return Promise.reject(abortReason(signal));
      if (count > seen) return Promise.resolve(count);
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          waiting.delete(onBump);
          reject(abortReason(signal));
        };
        const onBump = () => {
          signal?.removeEventListener('abort', onAbort);
          resolve(count);
        };
        waiting.add(onBump);
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}

/** Yields `read()` now and again after each bump; the newest wins. Ends when the signal aborts. */
export async function* follow<T>(
  pulse: Pulse,
  read: () => T,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  let seen = 0;
  while (!signal?.aborted) {
    try {
      seen = await pulse.after(seen, signal);
    } catch {
      return;
    }
    yield read();
  }
}

/** As `follow`, but silent while the value stays the same on the wire. */
export async function* followDistinct<T>(
  pulse: Pulse,
  read: () => T,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  let before: string | null = null;
  for await (const value of follow(pulse, read, signal)) {
    const text = JSON.stringify(value);
    if (text === before) continue;
    before = text;
    yield value;
  }
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted');
}

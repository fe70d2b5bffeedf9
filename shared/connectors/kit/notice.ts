/** A bell between what changes and a reader who only wants the newest: rung twice before it is heard, it is heard once. */
export interface Notice {
  ring(): void;
  /** Resolves at the next ring, at once if it rang since the last wait; rejects with the signal's reason. One reader. */
  heard(signal: AbortSignal): Promise<void>;
}

export function createNotice(): Notice {
  let rung = false;
  let wake: (() => void) | null = null;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async heard(signal) {
      signal.throwIfAborted();
      if (!rung) {
        await new Promise<void>((resolve, reject) => {
          const stop = (): void => {
            wake = null;
            reject(signal.reason);
          };
          wake = () => {
            wake = null;
            signal.removeEventListener('abort', stop);
            resolve();
          };
          signal.addEventListener('abort', stop, { once: true });
        });
      }
      rung = false;
    },
  };
}

/** Resolves when one of several listeners is rung next; rejects with the signal's reason. */
export async function nextRing(listeners: Set<() => void>, signal: AbortSignal): Promise<void> {
  let looks = 0;
  await untilRung(listeners, () => looks++ > 0, signal);
}

/** Resolves once it is so, looked at now and at each ring; rejects with the signal's reason. */
export async function untilRung(
  listeners: Set<() => void>,
  isSo: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const notice = createNotice();
  listeners.add(notice.ring);
  try {
    while (!isSo()) await notice.heard(signal);
  } finally {
    listeners.delete(notice.ring);
  }
}

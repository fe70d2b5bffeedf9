import { useEffect, useState } from 'react';
import { type StartStream, watchWhileSeen } from './watch.ts';

/** The newest value of a stream; `problem` says why it is not moving, while the last value stays. */
export interface Watched<T> {
  readonly value: T | null;
  readonly problem: string | null;
}

/**
 * Listens while the component is drawn and the window can be seen. `key` names what is listened to: when it changes the value starts from null;
 * `start` itself may be a new function on each render. A null key listens to nothing.
 */
export function useWatched<T>(key: string | null, start: StartStream<T>): Watched<T> {
  const [held, setHeld] = useState<{ readonly key: string | null } & Watched<T>>(nothingOf(key));
  useEffect(() => {
    if (key === null) return;
    return watchWhileSeen(start, {
      onValue: (value) => setHeld({ key, value, problem: null }),
      onProblem: (problem) =>
        setHeld((before) => ({ key, value: before.key === key ? before.value : null, problem })),
    });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key stands for what `start` closes over
  }, [key]);
  return held.key === key ? held : nothingOf(key);
}

function nothingOf(key: string | null): {
  readonly key: string | null;
  readonly value: null;
  readonly problem: null;
} {
  return { key, value: null, problem: null };
}

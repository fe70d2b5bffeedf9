import type { PeerAnswer } from '../kit/transport.ts';

/** What the peer's answers tell of its own time. */
export interface ServerClock {
  /** Takes down the time that an answer names. */
  note(headers: PeerAnswer['headers']): void;
  /** The peer's time now, epoch ms, at least; null while no answer named one. */
  now(): number | null;
}

/**
 * An answer's Date is whole seconds, and already past when it arrives: what is added is only the time counted since, so that
 * nothing is taken for over that is not. `elapsed` counts on whatever happens to the clock on the wall.
 */
export function createServerClock(elapsed: () => number = () => performance.now()): ServerClock {
  let ahead: number | null = null;
  return {
    note(headers) {
      const at = Date.parse(headers['date'] ?? '');
      if (Number.isFinite(at)) ahead = at - elapsed();
    },
    now: () => (ahead === null ? null : ahead + elapsed()),
  };
}

import type { Clock } from '../ports.ts';

/** How fast one forward may ask the cluster for connections. */
export interface Pace {
  /** Waits until one more may be asked for; false while it rests after failures. */
  turn(signal: AbortSignal): Promise<boolean>;
  failed(): void;
  worked(): void;
}

/** Each is an upgrade at the API server, and a program of this machine may ask for them without an end. */
const mostPerSecond = 20;
const firstRestMs = 250;
/** Short enough that a person who mends what failed does not wait for it. */
const longestRestMs = 5_000;

export function createPace(clock: Pick<Clock, 'monotonic' | 'sleep'>): Pace {
  const turns: number[] = [];
  let failures = 0;
  let restsUntil = -Infinity;
  const rests = (): boolean => clock.monotonic() < restsUntil;
  return {
    async turn(signal) {
      if (rests()) return false;
      const now = clock.monotonic();
      const at = Math.max(now, (turns.at(-mostPerSecond) ?? -Infinity) + 1_000);
      turns.push(at);
      if (turns.length > mostPerSecond) turns.shift();
      if (at > now) await clock.sleep(at - now, signal);
      return !rests();
    },
    failed() {
      // Those that were under way together fail together.
      if (rests()) return;
      restsUntil = clock.monotonic() + Math.min(firstRestMs * 2 ** failures, longestRestMs);
      failures += 1;
    },
    worked() {
      failures = 0;
      restsUntil = -Infinity;
    },
  };
}

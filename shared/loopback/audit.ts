import type { Log } from '../core/ports.ts';

const linesPerMinute = 300;

/** Writes a line for each request turned away, and past a limit one line for all the rest of the minute. */
export function createAudit(log: Log, now: () => number) {
  let minuteStartedAt = now();
  let lines = 0;
  return (reason: string, method: string, path: string): void => {
    if (now() - minuteStartedAt >= 60_000) {
      if (lines > linesPerMinute) log.warn('More requests were refused', { count: lines - linesPerMinute });
      minuteStartedAt = now();
      lines = 0;
    }
    lines += 1;
    if (lines <= linesPerMinute)
      log.warn('A request was refused', { reason, method, path: path.slice(0, 120) });
  };
}

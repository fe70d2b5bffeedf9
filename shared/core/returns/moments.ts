import type { Moment } from '../../model/watch.ts';
import type { Clock } from '../ports.ts';

/** A time to come, by the clock on the wall and by the machine's own count. */
export interface Deadline {
  readonly at: number;
  readonly moment: Moment | null;
}

/** The deadline `ms` from now. */
export function deadlineIn(ms: number, clock: Clock): Deadline {
  return {
    at: clock.now() + ms,
    moment: clock.boot === null ? null : { boot: clock.boot, ms: clock.elapsed() + ms },
  };
}

/**
 * Ms until a deadline, below zero once it has passed. The machine's own count decides where it knows: it goes on in sleep, and
 * no time server, summer time or person moves it. After a restart of the machine only the clock on the wall is left.
 */
export function remainingMs({ at, moment }: Deadline, clock: Clock): number {
  return moment !== null && moment.boot === clock.boot ? moment.ms - clock.elapsed() : at - clock.now();
}

import type { TimeZone } from '../model/timeZone.ts';

/** How moments (epoch ms) are told in one zone. */
export interface Times {
  /** "14:09" */
  clock(at: number): string;
  /** "14:09:31" */
  clockSeconds(at: number): string;
  /** "22 Nov 2026" */
  day(at: number): string;
  /** How far its clocks are ahead of UTC then, in milliseconds; negative to the west. */
  aheadMs(at: number): number;
  /** The latest moment, not after `now`, at which its clocks show so many milliseconds of the day. */
  lastAt(ofDayMs: number, now: number): number;
}

const dayMs = 86_400_000;
const known = new Map<TimeZone, Times>();

/** Tells times in a zone; the same value for the same zone, since the formatters behind it are dear. */
export function timesIn(zone: TimeZone): Times {
  const times = known.get(zone) ?? createTimes(zone);
  known.set(zone, times);
  return times;
}

function createTimes(zone: TimeZone): Times {
  const formatter = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat('en-GB', { ...options, ...(zone !== '' && { timeZone: zone }) });
  const minutes = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const clock = formatter(minutes);
  const clockSeconds = formatter({ ...minutes, second: '2-digit' });
  const day = formatter({ day: 'numeric', month: 'short', year: 'numeric' });
  const offset = formatter({ timeZoneName: 'longOffset' });

  const aheadMs = (at: number): number => {
    const name = offset.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    // "GMT", "GMT+05:45", and with seconds in times long gone.
    const [, sign, hours, rest, seconds] = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name) ?? [];
    const ahead = (Number(hours ?? 0) * 60 + Number(rest ?? 0)) * 60 + Number(seconds ?? 0);
    return (sign === '-' ? -ahead : ahead) * 1_000;
  };

  return {
    clock: (at) => clock.format(at),
    clockSeconds: (at) => clockSeconds.format(at),
    day: (at) => day.format(at),
    aheadMs,
    lastAt(ofDayMs, now) {
      const midnight = Math.floor((now + aheadMs(now)) / dayMs) * dayMs;
      const momentOn = (local: number): number => {
        // The offset then, which a change of the clocks makes another than now.
        const near = local + ofDayMs - aheadMs(now);
        return local + ofDayMs - aheadMs(near);
      };
      const today = momentOn(midnight);
      return today <= now ? today : momentOn(midnight - dayMs);
    },
  };
}

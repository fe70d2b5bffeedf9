import {
  formatAge,
  formatMs,
  formatPercent,
  formatPerSecond,
  NOT_KNOWN,
} from '../../shared/analysis/formats.ts';
import { timesIn } from '../../shared/analysis/times.ts';
import type { TimeZone } from '../../shared/model/timeZone.ts';

// The console's own sentences print figures by shared/analysis/formats.ts; what the window prints must read the same.

/** What is printed where the peer did not say. */
export const absent = NOT_KNOWN;

/** "406", "6.2": requests per second without the unit. */
export function formatRate(perSecond: number | null | undefined): string {
  return formatPerSecond(perSecond ?? null);
}

/** "31 ms", "4.9 s". */
export function formatLatency(ms: number | null | undefined): string {
  return formatMs(ms ?? null);
}

/** "4.1 %", "21 %" of a ratio 0..1. Never rounds a failure down to nothing. */
export function formatRatio(ratio: number | null | undefined): string {
  return formatPercent(ratio ?? null);
}

/** "9 s", "4 min", "3 h", "12 d". */
export function formatSpan(ms: number): string {
  return formatAge(ms);
}

let times = timesIn('');

/** From here on times are told in this zone. What is drawn already is drawn anew by whoever changed it. */
export function tellTimesIn(zone: TimeZone): void {
  times = timesIn(zone);
}

/** "14:09" in the zone that was chosen. */
export function formatClock(at: number): string {
  return times.clock(at);
}

/** "14:09:31" in the zone that was chosen. */
export function formatClockSeconds(at: number): string {
  return times.clockSeconds(at);
}

/** "22 Nov 2026" in the zone that was chosen. */
export function formatDay(at: number): string {
  return times.day(at);
}

/** "14:09" today, "21 Nov 2026, 14:09" of another day. */
export function formatMoment(at: number, now: number = Date.now()): string {
  const clock = formatClock(at);
  return formatDay(at) === formatDay(now) ? clock : `${formatDay(at)}, ${clock}`;
}

/** "14:09:31" today, with the date before it on other days. */
export function formatDayAndClock(at: number, now: number = Date.now()): string {
  const clock = formatClockSeconds(at);
  return formatDay(at) === formatDay(now) ? clock : `${formatDay(at)}, ${clock}`;
}

/** How far the zone's clocks are ahead of UTC then, in milliseconds. */
export function zoneAheadMs(at: number): number {
  return times.aheadMs(at);
}

/** The latest moment, not after `now`, at which the zone's clocks show so many milliseconds of the day. */
export function lastClockAt(ofDayMs: number, now: number): number {
  return times.lastAt(ofDayMs, now);
}

/** "New York (America)", "UTC": a zone as people look for it. */
export function zoneName(zone: TimeZone): string {
  const [last = '', ...before] = zone.split('/').reverse();
  const name = last.replaceAll('_', ' ');
  return before.length === 0 ? name : `${name} (${before.reverse().join(', ').replaceAll('_', ' ')})`;
}

/** "UTC", "UTC+5:45", "UTC−3:30": how far a zone is ahead now. */
export function zoneOffset(zone: TimeZone, now: number): string {
  const minutes = Math.round(timesIn(zone).aheadMs(now) / 60_000);
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '−' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** "2026-11-22 14:09:31 UTC", for what is shown on hover. */
export function formatUtc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** "1 service", "11 services". */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

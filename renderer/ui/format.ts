import {
  formatAge,
  formatMs,
  formatPercent,
  formatPerSecond,
  NOT_KNOWN,
} from '../../shared/analysis/formats.ts';

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

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const clockWithSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** "14:09" in the operator's zone. */
export function formatClock(at: number): string {
  return clock.format(at);
}

/** "14:09:31" in the operator's zone. */
export function formatClockSeconds(at: number): string {
  return clockWithSeconds.format(at);
}

/** "2026-11-22 14:09:31 UTC", for what is shown on hover. */
export function formatUtc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** "1 service", "11 services". */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What is printed where the peer did not say. */
export const absent = '–';

/** "406", "6.2", "0.4", "12 k": requests per second without the unit. */
export function formatRate(perSecond: number | null | undefined): string {
  if (perSecond === null || perSecond === undefined) return absent;
  if (perSecond >= 10_000) return `${Math.round(perSecond / 1_000)} k`;
  if (perSecond >= 10 || perSecond === 0) return String(Math.round(perSecond));
  return perSecond >= 0.05 ? trim(perSecond, 1) : '< 0.1';
}

/** "31 ms", "4.9 s". */
export function formatLatency(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return absent;
  if (ms >= 59_950) return `${trim(ms / 60_000, 1)} min`;
  if (ms >= 999.5) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms >= 10 || ms === 0) return `${Math.round(ms)} ms`;
  return `${trim(ms, 1)} ms`;
}

/** "4.1 %", "0.3 %", "21 %" of a ratio 0..1. Never rounds a failure down to nothing. */
export function formatRatio(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined) return absent;
  const percent = ratio * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.1) return '< 0.1 %';
  return percent >= 9.95 ? `${Math.round(percent)} %` : `${trim(percent, 1)} %`;
}

/** "9 s", "4 min", "3 h", "12 d". */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
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

function trim(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.0+$/, '');
}

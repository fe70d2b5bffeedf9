/** Shown where no source gave a figure. */
export const NOT_KNOWN = '–';

/** A rate's number alone: "212", "8.7", "0.25"; below a hundredth "< 0.01". */
export function formatPerSecond(perSecond: number | null): string {
  if (perSecond === null || !Number.isFinite(perSecond)) return NOT_KNOWN;
  if (perSecond > 0 && perSecond < 0.01) return '< 0.01';
  return formatNumber(perSecond);
}

/** A request rate as nodes show it: "212 rps". */
export function formatRps(perSecond: number | null): string {
  return perSecond === null ? NOT_KNOWN : `${formatPerSecond(perSecond)} rps`;
}

/** A share 0..1 in percent: "4.1 %", "21 %", "0 %"; below a thousandth "< 0.1 %". */
export function formatPercent(ratio: number | null): string {
  const text = formatPercentNumber(ratio);
  return text === NOT_KNOWN ? text : `${text} %`;
}

/** The same without the sign, for ranges: "6.0–7.6". */
export function formatPercentNumber(ratio: number | null, decimals?: number): string {
  if (ratio === null || !Number.isFinite(ratio)) return NOT_KNOWN;
  const percent = ratio * 100;
  if (decimals !== undefined) return percent.toFixed(decimals);
  if (percent > 0 && percent < 0.1) return '< 0.1';
  if (percent > 99.9 && percent < 100) return '> 99.9';
  return percent < 20 ? trimZeros(percent.toFixed(1)) : String(Math.round(percent));
}

/** A duration in the unit that reads best: "3.3 ms", "44 ms", "4.9 s", "2 min". */
export function formatMs(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return NOT_KNOWN;
  if (ms < 10) return `${trimZeros(ms.toFixed(1))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 119_500) return `${Math.round(ms / 1000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** A count with thousands parted: "3,816". */
export function formatCount(count: number | null): string {
  if (count === null || !Number.isFinite(count)) return NOT_KNOWN;
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** How long ago, or how long: "9 s", "4 min", "3 h", "2 d". */
export function formatAge(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return NOT_KNOWN;
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** "3 ready", "1 of 3 ready"; the dash when nobody says. */
export function formatReady(ready: number | null, desired: number | null): string {
  if (ready === null) return NOT_KNOWN;
  return desired === null || desired === ready ? `${ready} ready` : `${ready} of ${desired} ready`;
}

/** Words of a list: "a", "a and b", "a, b and c". */
export function formatList(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}

/** Rounds a rate to what is drawn, so that an unchanged picture wakes nobody. */
export function roundPerSecond(perSecond: number): number {
  if (perSecond >= 10) return Math.round(perSecond);
  if (perSecond >= 1) return Math.round(perSecond * 10) / 10;
  const rounded = Math.round(perSecond * 100) / 100;
  // What is not zero must not be drawn as zero.
  return rounded === 0 && perSecond > 0 ? 0.005 : rounded;
}

/** Rounds a share to a tenth of a percent; a trace stays a trace (0.0005, drawn as "< 0.1 %"). */
export function roundRatio(ratio: number): number {
  if (ratio > 0 && ratio < 0.001) return 0.0005;
  if (ratio > 0.999 && ratio < 1) return 0.9995;
  return Math.round(ratio * 1000) / 1000;
}

/** Rounds a latency to what `formatMs` draws of it. */
export function roundMs(ms: number): number {
  if (ms < 10) return Math.round(ms * 10) / 10;
  if (ms < 999.5) return Math.round(ms);
  if (ms < 9_950) return Math.round(ms / 100) * 100;
  return ms < 119_500 ? Math.round(ms / 1000) * 1000 : Math.round(ms / 60_000) * 60_000;
}

function formatNumber(value: number): string {
  if (value >= 1000) return formatCount(value);
  if (value >= 9.95) return String(Math.round(value));
  if (value >= 0.995) return value.toFixed(1);
  return trimZeros(value.toFixed(2));
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

const wholeDuration = /^(?:\d+(?:ms|[smhdwy]))+$/;

/** `1h30m` in milliseconds; null when it is not a duration in Prometheus's notation. */
export function parseDurationMs(text: string): number | null {
  if (!wholeDuration.test(text)) return null;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    total += Number(count) * (unitMs[unit ?? ''] ?? 0);
  }
  return total;
}

/** A number of a query: decimal, hexadecimal, Inf, NaN or a duration in seconds. */
export function parseNumber(text: string): number | null {
  const bare = text.replace(/^[+-]/, '').replaceAll('_', '');
  const sign = text.startsWith('-') ? -1 : 1;
  if (/^inf$/i.test(bare)) return sign * Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(bare)) return Number.NaN;
  const duration = parseDurationMs(bare);
  if (duration !== null) return (sign * duration) / 1000;
  const value = Number(bare);
  return bare === '' || Number.isNaN(value) ? null : sign * value;
}

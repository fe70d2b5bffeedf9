import type { Labels } from './labels.ts';

/** A sample value as Prometheus prints it: Go's shortest notation, with exponents only where it uses them. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (Object.is(value, -0)) return '-0';
  // JavaScript changes to exponents at the same sizes as Prometheus, but writes e-7 where Go writes e-07.
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Seconds with exactly three decimals, or none for a whole second. */
export function formatTimestamp(atMs: number): string {
  const whole = Math.round(atMs);
  const seconds = Math.trunc(whole / 1000);
  const rest = Math.abs(whole % 1000);
  const sign = whole < 0 && seconds === 0 ? '-' : '';
  return rest === 0 ? `${seconds}` : `${sign}${seconds}.${String(rest).padStart(3, '0')}`;
}

/** `[time,"value"]` */
export const formatPoint = (atMs: number, value: number): string =>
  `[${formatTimestamp(atMs)},"${formatValue(value)}"]`;

const written = new WeakMap<Labels, string>();

/** A label set as a JSON object. */
export function formatLabels(labels: Labels): string {
  const known = written.get(labels);
  if (known !== undefined) return known;
  const text = `{${labels.pairs.map(({ name, value }) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  written.set(labels, text);
  return text;
}

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

/** The same without exponents, which is how an instant query prints a scalar. */
export function formatScalar(value: number): string {
  const text = formatValue(value);
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (parts === null) return text;
  const [, sign = '', whole = '', fraction = '', power = '0'] = parts;
  const digits = whole + fraction;
  const exponent = Number(power);
  return exponent < 0
    ? `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
    : `${sign}${digits}${'0'.repeat(exponent - fraction.length)}`;
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

/** Reads fields of documents that an operator may have written: anything can be anywhere. */

/** A document or a part of it. */
export type Fields = Readonly<Record<string, unknown>>;

/** The object under a path, empty when there is none. */
export function fieldsAt(from: unknown, ...path: readonly string[]): Fields {
  let value: unknown = from;
  for (const name of path) value = isFields(value) ? value[name] : undefined;
  return isFields(value) ? value : {};
}

/** The list under a path, empty when there is none. */
export function listAt(from: unknown, ...path: readonly string[]): readonly unknown[] {
  const last = path.at(-1);
  const value = last === undefined ? from : fieldsAt(from, ...path.slice(0, -1))[last];
  return Array.isArray(value) ? value : [];
}

/** Text, or null. */
export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A finite number, or null. */
export const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/** A map of texts; whatever else is in it is left out. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fieldsAt(value)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

/** A duration as protobuf's JSON writes it (`2s`, `0.5s`, `1m30s`) in milliseconds; null when it is none. */
export function durationMsOf(value: unknown): number | null {
  if (typeof value !== 'string' || !/^(?:\d+(?:\.\d+)?(?:ms|us|ns|s|m|h))+$/.test(value)) return null;
  const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6 };
  let total = 0;
  for (const [, count, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|us|ns|s|m|h)/g)) {
    total += Number(count) * (units[unit ?? ''] ?? 0);
  }
  return total;
}

/** Whether labels carry all of a selector's pairs. */
export const selects = (selector: Fields, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

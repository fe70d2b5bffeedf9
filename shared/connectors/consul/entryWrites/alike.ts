import { isDeepStrictEqual } from 'node:util';
import { durationMs } from '../../kit/formFields.ts';

/** Fields that hold times: written as "5s", and given back by some kinds of entries as nanoseconds. */
const times: ReadonlySet<string> = new Set([
  'BaseEjectionTime',
  'ConnectTimeout',
  'IdleTimeout',
  'Interval',
  'RequestTimeout',
]);

/** Milliseconds of a time as an entry holds it: nanoseconds, or Go's "1m30s"; null where it is none. */
export const timeMs = (value: unknown): number | null =>
  typeof value === 'number' ? value / 1e6 : typeof value === 'string' ? durationMs(value) : null;

/** A value without what Consul fills in or leaves out by itself: empty maps, lists and texts. */
function plain(value: unknown, key: string, zero: unknown): unknown {
  if (value === null || value === undefined || value === '' || value === false) return undefined;
  if (times.has(key)) return timeMs(value) === 0 ? zero : (timeMs(value) ?? value);
  if (value === 0) return zero;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value))
    return value.length === 0 ? undefined : value.map((one: unknown) => plain(one, '', zero));
  const kept = Object.entries(value).flatMap(([name, one]) => {
    const left = plain(one, name, zero);
    return left === undefined ? [] : [[name, left] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Whether two parts of entries say the same, however each is written. */
export const alike = (a: unknown, b: unknown): boolean => isDeepStrictEqual(plain(a, '', 0), plain(b, '', 0));

/**
 * Whether Consul may take two entries for one: it gives 0 and an absent value the same hash, and tells proxies nothing of a
 * change that leaves the hash as it was (seen on Consul 1.20.5: the entry reads back as written all the same).
 */
export const hashAlike = (a: unknown, b: unknown): boolean =>
  isDeepStrictEqual(plain(a, '', undefined), plain(b, '', undefined));

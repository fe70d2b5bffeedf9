import { type FieldValue, readTyped, refusedValue } from '../../kit/formFields.ts';
import { timeMs } from '../entryWrites/alike.ts';
import { type Content, withMeta } from '../entryWrites/content.ts';
import { mapAt } from '../routes.ts';
import type { FieldSpec } from './fields.ts';

/** What Consul takes as reasons for a retry (isValidRetryCondition, 1.20.5). */
const conditions = new Set([
  '5xx',
  'gateway-error',
  'reset',
  'connect-failure',
  'envoy-ratelimited',
  'retriable-4xx',
  'refused-stream',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
]);

/** Reads what was typed into a field. Throws `PeerError` with what would be right. */
export const readValue = (field: FieldSpec, typed: string | number | null): FieldValue =>
  readTyped(field, typed, readText);

function readText(field: FieldSpec, text: string): string {
  const parts = text.split(',').map((part) => part.trim());
  switch (field.stored) {
    case 'flag':
      if (text !== 'true' && text !== 'false') throw refusedValue(field, text, 'true or false');
      return text;
    case 'words': {
      const unknown = parts.find((part) => !conditions.has(part));
      if (unknown !== undefined) throw refusedValue(field, unknown, `one of ${[...conditions].join(', ')}`);
      return parts.join(',');
    }
    case 'codes': {
      const unknown = parts.find((part) => !/^[1-5]\d\d$/.test(part));
      if (unknown !== undefined) throw refusedValue(field, unknown, 'a status from 100 to 599');
      return parts.join(',');
    }
    default:
      if (!/^[A-Za-z0-9_.-]{1,128}$/.test(text)) throw refusedValue(field, text, 'a name in Consul');
      return text;
  }
}

/** What stands in a field, as the form shows it; null where nothing does. */
export function valueOf(part: Content, { key, stored }: FieldSpec): FieldValue {
  const path = key.split('.');
  const around = path.slice(0, -1).reduce(mapAt, part);
  const value = around[path.at(-1) ?? ''];
  if (value === null || value === undefined || value === '') return null;
  switch (stored) {
    case 'time': {
      const ms = timeMs(value);
      return ms === null || ms === 0 ? null : sayTime(ms);
    }
    case 'flag':
      return value === true ? 'true' : null;
    case 'words':
    case 'codes':
      return Array.isArray(value) && value.length > 0 ? value.map(String).join(',') : null;
    default:
      return typeof value === 'number' || typeof value === 'string' ? value : null;
  }
}

/** "2s", "1500ms": as it is typed. */
const sayTime = (ms: number): string => (ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`);

/** A copy of a part with these fields; a map that is left empty goes, for removing is the way to reset in Consul. */
export function withValues(part: Content, values: ReadonlyMap<FieldSpec, FieldValue>): Content {
  const made = structuredClone(part) as Record<string, unknown>;
  for (const [{ key, stored }, value] of values) {
    const [first = '', second] = key.split('.');
    const raw = rawOf(stored, value);
    if (second === undefined) put(made, first, raw);
    else {
      const inner = { ...mapAt(made, first) };
      put(inner, second, raw);
      put(made, first, Object.keys(inner).length === 0 ? undefined : inner);
    }
  }
  return made;
}

function put(map: Record<string, unknown>, key: string, value: unknown): void {
  if (value === undefined) Reflect.deleteProperty(map, key);
  else map[key] = value;
}

function rawOf(stored: FieldSpec['stored'], value: FieldValue): unknown {
  if (value === null) return undefined;
  switch (stored) {
    case 'flag':
      return value === 'true' ? true : undefined;
    case 'words':
      return String(value).split(',');
    case 'codes':
      return String(value).split(',').map(Number);
    default:
      return value;
  }
}

const touched = 'podium-touched';

/** The entry with a mark that makes it another one: Consul tells proxies of no change that leaves its hash as it was. */
export function touchedBy(content: Content, id: string): Content {
  const meta = (content['Meta'] ?? {}) as Readonly<Record<string, string>>;
  return withMeta(content, new Map([...Object.entries(meta), [touched, id.slice(0, 40)]]));
}

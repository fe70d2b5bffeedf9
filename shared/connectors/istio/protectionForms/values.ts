import { PeerError } from '../../kit/peerError.ts';
import type { FieldSpec } from './fields.ts';

/** A value as the document is to have it; null takes the field away. */
export type FieldValue = string | number | null;

/** Reads what was typed into a field. Throws `PeerError` with what would be right. */
export function readValue(field: FieldSpec, typed: string | number | null): FieldValue {
  if (typed === null) return null;
  const text = String(typed).trim();
  if (text === '') return null;
  switch (field.type) {
    case 'integer':
      return wholeNumber(field, text);
    case 'percent':
      return wholeNumber(field, text.replace(/\s*%$/, ''));
    case 'duration':
      return duration(field, text);
    case 'text':
      return retryConditions(field, text);
  }
}

function wholeNumber(field: FieldSpec, text: string): number {
  const [least, most] = field.range;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw refused(field, text, `a whole number from ${least} to ${most}`);
  return value;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration as Go writes it ("1m30s", "0.5s"); null for what is none. Finer units are not told here. */
export function durationMs(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    total += Number(amount) * (unitMs[unit ?? ''] ?? Number.NaN);
  return total;
}

/** Istio refuses less than a millisecond, and parts of one (validation of durations). */
function duration(field: FieldSpec, text: string): string {
  const ms = text.length > 40 ? null : durationMs(text);
  if (ms === null) throw refused(field, text, 'a duration like 500ms, 2s or 1m30s');
  if (ms < 1 || Math.abs(ms - Math.round(ms)) > 1e-6)
    throw refused(field, text, 'whole milliseconds, at least one; to have none, leave it empty');
  return text;
}

/** Envoy's words for what may be retried (its router filter), as far as Istio takes them. */
const conditions = new Set([
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'envoy-ratelimited',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'retriable-headers',
  'http3-post-connect-failure',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
]);

function retryConditions(field: FieldSpec, text: string): string {
  const parts = text.split(',').map((part) => part.trim());
  const unknown = parts.find((part) => !conditions.has(part) && !/^[1-5]\d\d$/.test(part));
  if (unknown !== undefined)
    throw refused(field, unknown, `one of ${[...conditions].join(', ')}, or a status from 100 to 599`);
  return parts.join(',');
}

const refused = (field: FieldSpec, text: string, wanted: string): PeerError =>
  new PeerError('refused', `${field.title}: “${text.slice(0, 80)}” is not ${wanted}.`);

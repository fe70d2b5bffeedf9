import { type FieldValue, readTyped, refusedValue } from '../../kit/formFields.ts';
import type { FieldSpec } from './fields.ts';

/** Reads what was typed into a field. Throws `PeerError` with what would be right. */
export const readValue = (field: FieldSpec, typed: string | number | null): FieldValue =>
  readTyped(field, typed, retryConditions);

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
    throw refusedValue(field, unknown, `one of ${[...conditions].join(', ')}, or a status from 100 to 599`);
  return parts.join(',');
}

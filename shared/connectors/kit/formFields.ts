import type { ProtectionField, ProtectionForm } from '../../model/protection.ts';
import { PeerError } from './peerError.ts';

/** A field as a peer's documents have it: what people call it, what it means, what a value may be. */
export interface FieldSpec extends Pick<
  ProtectionField,
  'key' | 'title' | 'help' | 'type' | 'unit' | 'trap'
> {
  /** What holds while nothing is written. */
  readonly whenUnset: string;
  /** Least and greatest whole number. */
  readonly range: readonly [number, number];
}

/** Fields that belong together. */
export interface Section<Field extends FieldSpec = FieldSpec> {
  readonly title: string;
  readonly fields: readonly Field[];
}

/** A value as the document is to have it; null takes the field away. */
export type FieldValue = string | number | null;

/** The field of a form by its key. */
export function fieldOf<Field extends FieldSpec>(
  sections: readonly Section<Field>[],
  key: string,
): Field | undefined {
  return sections.flatMap(({ fields }) => fields).find((field) => field.key === key);
}

/** The rows of a form: each field as it is declared, beside what one document says in it. */
export const formSections = <Field extends FieldSpec>(
  sections: readonly Section<Field>[],
  said: (field: Field) => Pick<ProtectionField, 'value' | 'whenUnset' | 'trap'>,
): ProtectionForm['sections'] =>
  sections.map(({ title, fields }) => ({
    title,
    fields: fields.map((field) => {
      const { key, title: name, help, type, unit } = field;
      return { key, title: name, help, type, unit, ...said(field) };
    }),
  }));

/** Reads what was typed into a field; texts by the connector's own rule. Throws `PeerError` with what would be right. */
export function readTyped<Field extends FieldSpec>(
  field: Field,
  typed: string | number | null,
  readText: (field: Field, text: string) => string,
): FieldValue {
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
      return readText(field, text);
  }
}

function wholeNumber(field: FieldSpec, text: string): number {
  const [least, most] = field.range;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw refusedValue(field, text, `a whole number from ${least} to ${most}`);
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

/** Whole milliseconds: less, and parts of one, are refused by peers or rounded away. */
function duration(field: FieldSpec, text: string): string {
  const ms = text.length > 40 ? null : durationMs(text);
  if (ms === null) throw refusedValue(field, text, 'a duration like 500ms, 2s or 1m30s');
  if (ms < 1 || Math.abs(ms - Math.round(ms)) > 1e-6)
    throw refusedValue(field, text, 'whole milliseconds, at least one; to have none, leave it empty');
  return text;
}

/** What to say of a value that is none. */
export const refusedValue = (field: Pick<FieldSpec, 'title'>, text: string, wanted: string): PeerError =>
  new PeerError('refused', `${field.title}: “${text.slice(0, 80)}” is not ${wanted}.`);

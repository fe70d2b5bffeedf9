import type { ProtectionField, ProtectionForm } from '../../../shared/model/protection.ts';
import type { SetProtections } from '../../../shared/model/operation.ts';

/** What was typed, by field key; a field that was not touched has no entry. */
export type FormDraft = Readonly<Record<string, string>>;

/** What stands in a field: what was typed, else the declared value, else nothing. */
export function shownValue(field: ProtectionField, draft: FormDraft): string {
  const typed = draft[field.key];
  if (typed !== undefined) return typed;
  return field.value === null ? '' : String(field.value);
}

/** What cannot be meant by a field's text, in words; null where it can. */
export function fieldProblem(field: ProtectionField, text: string): string | null {
  const value = text.trim();
  if (value === '') return null;
  switch (field.type) {
    case 'integer':
      return /^\d{1,10}$/.test(value) ? null : 'A whole number, without a unit.';
    case 'percent':
      return /^\d{1,3}$/.test(value) && Number(value) <= 100 ? null : 'A whole number from 0 to 100.';
    case 'duration':
      return /^(\d+(\.\d+)?(h|m|s|ms))+$/.test(value) ? null : 'A duration with its unit: 2s, 250ms, 1m30s.';
    case 'text':
      return value.length <= 500 ? null : 'At most 500 characters.';
  }
}

/** Whether a field's trap is sprung by what stands in it: most of them are about a zero. */
export function isTrapSprung(field: ProtectionField, text: string): boolean {
  if (field.trap === null || text.trim() === '') return false;
  return /^0+(\.0+)?([a-z%]*)$/.test(text.trim());
}

/** The fields whose value would change, as the operation takes them; null unsets one. */
export function changedValues(form: ProtectionForm, draft: FormDraft): SetProtections['values'] {
  const changed: SetProtections['values'] = {};
  for (const field of fieldsOf(form)) {
    const typed = draft[field.key];
    if (typed === undefined) continue;
    const value = readValue(field, typed);
    if (value !== field.value) changed[field.key] = value;
  }
  return changed;
}

/** The first thing that cannot be meant; null where the form can be reviewed. */
export function draftProblem(form: ProtectionForm, draft: FormDraft): string | null {
  for (const field of fieldsOf(form)) {
    const typed = draft[field.key];
    const problem = typed === undefined ? null : fieldProblem(field, typed);
    if (problem !== null) return `${field.title}: ${problem}`;
  }
  return null;
}

export function fieldsOf(form: ProtectionForm): readonly ProtectionField[] {
  return form.sections.flatMap((section) => section.fields);
}

function readValue(field: ProtectionField, text: string): string | number | null {
  const value = text.trim();
  if (value === '') return null;
  return field.type === 'integer' || field.type === 'percent' ? Number(value) : value;
}

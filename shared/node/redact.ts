import type { LogFields } from '../core/ports.ts';
import { blank, blankSecrets, secretNames } from '../model/redaction.ts';

const longest = 2_000;

/** A line for the log without what must not be in one: by the field's name, and by what secrets look like anywhere. */
export function redactFields(fields: LogFields): LogFields {
  const clean = ([name, value]: [string, LogFields[string]]): [string, LogFields[string]] => {
    if (value === null || value === undefined) return [name, null];
    if (secretNames.test(name)) return [name, blank];
    return [name, typeof value === 'string' ? redactText(value) : value];
  };
  return Object.fromEntries(Object.entries(fields).map(clean));
}

/** Text with everything that looks like a secret blanked, and cut to a length that a log can bear. */
export function redactText(text: string): string {
  // Cut first, half a secret might no longer look like one; but nothing is searched through without an end.
  const clean = blankSecrets(text.slice(0, 10 * longest));
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}

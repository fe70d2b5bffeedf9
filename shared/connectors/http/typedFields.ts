import { z } from 'zod';

/** A header that is sent with every request to one address. */
export const Header = z.object({ name: z.string(), value: z.string() });
export type Header = z.infer<typeof Header>;

/** Where something answers HTTP; each form says of what. */
export const address = z
  .string()
  .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), 'give it as http:// or https://');

/** A certificate authority of the operator's own. */
export const authority = z
  .string()
  .includes('-----BEGIN CERTIFICATE-----', { error: 'is not in PEM form' })
  .optional()
  .meta({
    title: 'Certificate authority',
    description: 'In PEM form, where it is not one that this computer trusts already.',
    examples: ['-----BEGIN CERTIFICATE-----'],
    kind: 'lines',
  });

/** Headers, one a line. What is wrong is said without the line: it may hold a secret. */
export const headerLines = z
  .string()
  .refine(
    (text) => linesOf(text).every((line) => headerOf(line) !== null),
    'a line is not a name, a colon and a value',
  );

/** The headers that were typed; lines that are none are left out, for `headerLines` refuses them before. */
export const headersIn = (text: string): Header[] =>
  linesOf(text)
    .map(headerOf)
    .filter((header) => header !== null);

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

function headerOf(line: string): Header | null {
  const found = /^\s*([^:\s]+):[ \t]*(.*?)\s*$/.exec(line);
  return found === null ? null : { name: found[1] ?? '', value: found[2] ?? '' };
}

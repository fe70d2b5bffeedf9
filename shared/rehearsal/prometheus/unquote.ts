import { QueryError } from './errors.ts';

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The text of a string literal by Go's rules: raw in back quotes, escapes elsewhere; null when it is not closed. */
export function unquote(source: string): string | null {
  const quote = source[0] ?? '';
  if (source.length < 2 || !source.endsWith(quote)) return null;
  const body = source.slice(1, -1);
  if (quote === '`') return body;
  return body.replace(
    /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/gsu,
    (_, code: string) => {
      if (/^[xuU]./.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
      if (/^[0-7]{3}$/.test(code)) return String.fromCodePoint(Number.parseInt(code, 8));
      const known = escapes[code];
      if (known === undefined) {
        throw new QueryError('bad_data', `1:1: parse error: unknown escape sequence \\${code}`);
      }
      return known;
    },
  );
}

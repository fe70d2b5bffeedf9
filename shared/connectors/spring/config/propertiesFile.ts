import { PeerError } from '../../kit/peerError.ts';
import { looksSecret } from './secrets.ts';
import type { SourceText } from './sourceText.ts';

/** One property with the place of its line or lines, and of its value in them. */
interface Line {
  readonly key: string;
  readonly value: string;
  readonly from: number;
  readonly to: number;
  readonly valueFrom: number;
  readonly valueTo: number;
}

const cover = '••••••';

/** A file in the form of Java's `Properties.load`. Throws `PeerError` for one with several documents, or with a key twice. */
export function readPropertiesFile(file: string, text: string): SourceText {
  const lines = linesOf(text);
  const values = new Map<string, string>();
  if (/^[#!]---\s*$/m.test(text))
    throw new PeerError('refused', `${file} holds several documents, so Podium does not change it.`);
  for (const { key, value } of lines) {
    if (values.has(key))
      throw new PeerError('refused', `${file} says ${key} twice, so Podium does not change it.`);
    values.set(key, value);
  }
  return {
    values,
    with(key, value) {
      const line = lines.find((one) => one.key === key);
      if (line !== undefined)
        return value === null
          ? text.slice(0, line.from) + text.slice(line.to)
          : text.slice(0, line.valueFrom) + escapeValue(value) + text.slice(line.valueTo);
      if (value === null) return text;
      const eol = text.includes('\r\n') ? '\r\n' : '\n';
      const gap = text === '' || text.endsWith('\n') ? '' : eol;
      return `${text}${gap}${escapeKey(key)}=${escapeValue(value)}${eol}`;
    },
    get covered() {
      return lines
        .filter(({ key, value }) => looksSecret(key, value))
        .reduceRight(
          (all, { valueFrom, valueTo }) => all.slice(0, valueFrom) + cover + all.slice(valueTo),
          text,
        );
    },
  };
}

/** Logical lines: one that ends in an odd number of backslashes goes on in the next. */
function linesOf(text: string): Line[] {
  const found: Line[] = [];
  let at = 0;
  while (at < text.length) {
    const from = at;
    let end = at;
    for (;;) {
      const next = text.indexOf('\n', end);
      end = next === -1 ? text.length : next + 1;
      const line = text.slice(at, end).replace(/\r?\n$/, '');
      const slashes = /\\*$/.exec(line)?.[0].length ?? 0;
      const isComment = at === from && /^[ \t\f]*[#!]/.test(line);
      if (slashes % 2 === 0 || isComment || end >= text.length) break;
      at = end;
    }
    at = end;
    const whole = text.slice(from, end).replace(/\r?\n$/, '');
    const [, lead = '', key = '', gap = ''] =
      /^([ \t\f]*)((?:\\[^]|[^\\:=\s])*)([ \t\f]*[:=]?[ \t\f]*)/.exec(whole) ?? [];
    if (key === '' || key.startsWith('#') || key.startsWith('!')) continue;
    const valueFrom = from + lead.length + key.length + gap.length;
    const valueTo = from + whole.length;
    found.push({
      key: unescape(key),
      value: unescape(text.slice(valueFrom, valueTo)),
      from,
      to: end,
      valueFrom,
      valueTo,
    });
  }
  return found;
}

const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f' };

const unescape = (text: string): string =>
  text
    .replaceAll(/\\\r?\n[ \t\f]*/g, '')
    .replaceAll(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_, code: string | undefined, one: string | undefined) =>
      code === undefined ? (letters[one ?? ''] ?? one ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
    );

/** Other letters than these are read by another code than UTF-8 (Latin-1, by the Config Server). */
const escapeLetters = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

const escapeValue = (value: string): string => escapeLetters(value).replace(/^ /, '\\ ');

const escapeKey = (key: string): string =>
  escapeLetters(key).replaceAll(/[ :=#!]/g, (letter) => `\\${letter}`);

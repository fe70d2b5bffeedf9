import { StringDecoder } from 'node:string_decoder';

/** A line as it came, cut where it was longer than asked for. */
export interface CutLine {
  readonly text: string;
  readonly missingChars: number;
}

/**
 * Splits a body into lines and keeps no more of one than `longest` characters, however long it is. Gives what came together
 * together. Bytes that are no UTF-8 become U+FFFD. What stands after the last line feed is a line too.
 */
export async function* readCutLines(
  body: AsyncIterable<unknown>,
  longest: number,
): AsyncGenerator<readonly CutLine[], void, undefined> {
  const decoder = new StringDecoder('utf8');
  let kept = '';
  let length = 0;
  const take = (text: string): void => {
    if (kept.length < longest) kept += text.slice(0, longest - kept.length);
    length += text.length;
  };
  const close = (): CutLine => {
    const line = { text: kept, missingChars: length - kept.length };
    kept = '';
    length = 0;
    return line;
  };
  for await (const chunk of body) {
    const text = Buffer.isBuffer(chunk) ? decoder.write(chunk) : String(chunk);
    const lines: CutLine[] = [];
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      take(text.slice(from, end));
      lines.push(close());
      from = end + 1;
    }
    take(text.slice(from));
    if (lines.length > 0) yield lines;
  }
  take(decoder.end());
  if (length > 0) yield [close()];
}

/** The time a kubelet puts before each line, and the rest. Its own complaints about a log come without one. */
export function readStamp(text: string): {
  readonly at: number | null;
  readonly stamp: string;
  readonly text: string;
} {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))(?: |$)/.exec(text);
  const stamp = found?.[1];
  if (found === null || stamp === undefined) return { at: null, stamp: '', text };
  const at = Date.parse(stamp);
  return Number.isFinite(at)
    ? { at, stamp, text: text.slice(found[0].length) }
    : { at: null, stamp: '', text };
}

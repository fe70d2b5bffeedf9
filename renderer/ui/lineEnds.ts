/** Two versions of a document as they are compared. */
interface Compared {
  readonly before: string;
  readonly after: string;
  /** Both end in a line feed, and so in an empty line that is not to be seen. */
  readonly endsEmpty: boolean;
}

/**
 * The line feed that ends a document is no line of its own to who reads it. Only where the ends differ both need one: else
 * what is added after the last line would seem to change that line too.
 */
export function comparedEnds(before: string, after: string): Compared {
  const [a, b] = [trimEnd(before), trimEnd(after)];
  const isPart = a !== b && (a.startsWith(b) || b.startsWith(a));
  const endsEmpty = isPart || lastLine(a) !== lastLine(b);
  return endsEmpty
    ? { before: withEnd(a), after: withEnd(b), endsEmpty }
    : { before: a, after: b, endsEmpty };
}

const trimEnd = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text);
const withEnd = (text: string): string => (text === '' ? '' : `${text}\n`);
const lastLine = (text: string): string => text.slice(text.lastIndexOf('\n') + 1);

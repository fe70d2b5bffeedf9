export interface SimMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** Whether an alert's labels fulfil a condition; a label that is absent is empty. */
export function holds(
  { name, value, isRegex, isEqual }: SimMatcher,
  labels: Readonly<Record<string, string>>,
): boolean {
  const text = labels[name] ?? '';
  return (isRegex ? new RegExp(`^(?:${value})$`, 's').test(text) : text === value) === isEqual;
}

/** Reads `service="payment"`; null for what is no condition. */
export function readFilter(text: string): SimMatcher | null {
  const found = /^\s*([a-zA-Z_:][\w:]*)\s*(=~|=|!=|!~)\s*("(?:[^"\\]|\\.)*"|[^"]*)\s*$/s.exec(text);
  if (found === null) return null;
  const [, name = '', sign = '', raw = ''] = found;
  const value = raw.startsWith('"')
    ? raw.slice(1, -1).replace(/\\(["\\n])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter))
    : raw;
  return { name, value, isRegex: sign.endsWith('~'), isEqual: sign.startsWith('=') };
}

/** In Go's words, for the one mistake that is easily made. */
export function flawOfPattern(value: string): string | null {
  try {
    new RegExp(`^(?:${value})$`, 's');
    return null;
  } catch {
    const fault = value.split('(').length > value.split(')').length ? 'missing closing )' : 'unexpected )';
    return `error parsing regexp: ${fault}: \`${value}\``;
  }
}

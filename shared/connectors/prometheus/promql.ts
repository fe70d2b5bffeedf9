/** A condition on a label. `values` are literal texts unless `pattern` says that they are RE2 expressions already. */
export interface Matcher {
  readonly label: string;
  readonly is: 'equal' | 'unequal' | 'oneOf' | 'pattern' | 'notPattern';
  readonly values: readonly string[];
}

/** A string of PromQL: double quotes with Go's escapes, so that no label value can end it. */
export function quote(text: string): string {
  const escaped = text
    .toWellFormed()
    .replace(/["\\]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\0', '\\x00');
  return `"${escaped}"`;
}

/** A literal text as an RE2 expression; dots of host names must not match anything else. */
export function quoteRegex(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** `metric{label="value",…}`; empty values match series that lack the label. */
export function selector(metric: string, matchers: readonly Matcher[] = []): string {
  const written = matchers.map(writeMatcher);
  return written.length === 0 ? metric : `${metric}{${written.join(',')}}`;
}

function writeMatcher({ label, is, values }: Matcher): string {
  const first = values[0] ?? '';
  switch (is) {
    case 'equal':
      return `${label}=${quote(first)}`;
    case 'unequal':
      return `${label}!=${quote(first)}`;
    case 'oneOf':
      return values.length === 1
        ? `${label}=${quote(first)}`
        : `${label}=~${quote(values.map(quoteRegex).join('|'))}`;
    case 'pattern':
      // Prometheus anchors expressions at both ends by itself.
      return `${label}=~${quote(values.join('|'))}`;
    case 'notPattern':
      return `${label}!~${quote(values.join('|'))}`;
  }
}

/** `sum by (…) (expression)`. */
export function sumBy(labels: readonly string[], expression: string): string {
  return `sum by (${labels.join(',')}) (${expression})`;
}

/** `rate(selector[Ns])`, of a window that ended so long ago. */
export function rate(select: string, windowSeconds: number, endedSecondsAgo = 0): string {
  const ended = Math.round(endedSecondsAgo);
  return `rate(${select}[${Math.max(1, Math.round(windowSeconds))}s]${ended > 0 ? ` offset ${ended}s` : ''})`;
}

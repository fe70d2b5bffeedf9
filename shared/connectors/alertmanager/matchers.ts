import type { Matcher } from '../../model/alert.ts';

/** `service="payment"`, as Alertmanager itself writes it. */
export function sayMatcher({ name, value, isRegex, isEqual }: Matcher): string {
  const sign = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
  const quoted = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `${name}${sign}"${quoted}"`;
}

/** Why Alertmanager would refuse them; null where nothing is known against them. */
export function flawOf(matchers: readonly Matcher[]): string | null {
  const odd = matchers.find(({ value, isRegex }) => isRegex && !isPattern(value));
  if (odd !== undefined) return `“${odd.value.slice(0, 80)}” is no regular expression.`;
  // Alertmanager: "at least one matcher must not match the empty string".
  if (matchers.every(takesNothing))
    return 'Every condition holds where its label is absent: it would silence whatever comes. Name a value.';
  return null;
}

const isPattern = (value: string): boolean => patternOf(value) !== null;

/** Whether it holds for an alert that lacks the label. */
function takesNothing({ value, isRegex, isEqual }: Matcher): boolean {
  const holds = isRegex ? (patternOf(value)?.test('') ?? false) : value === '';
  return holds === isEqual;
}

/** Alertmanager's are anchored; what only its dialect of expressions knows counts as one that nobody can read here. */
function patternOf(value: string): RegExp | null {
  try {
    return new RegExp(`^(?:${value})$`, 's');
  } catch {
    return null;
  }
}

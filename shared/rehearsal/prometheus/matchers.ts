import { notEvaluated, QueryError } from './errors.ts';
import { hasPair, knownPair, labelValue, type Labels } from './labels.ts';

/** One condition of a selector. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A selector as a test over labels. */
export type LabelTest = (labels: Labels) => boolean;

const longestPattern = 2_000;

/** Compiles matchers; regular expressions are anchored and remembered per value, for a value comes in many series. */
export function compileMatchers(matchers: readonly Matcher[]): LabelTest {
  const tests = matchers.map(labelTest);
  return (labels) => {
    for (const test of tests) if (!test(labels)) return false;
    return true;
  };
}

function labelTest(matcher: Matcher): LabelTest {
  const { label, operator, value } = matcher;
  if (value !== '' && (operator === '=' || operator === '!=')) {
    const pair = knownPair(label, value);
    const wanted = operator === '=';
    if (pair === undefined) return () => !wanted;
    return (labels) => hasPair(labels, pair) === wanted;
  }
  const test = valueTest(matcher);
  return (labels) => test(labelValue(labels, label));
}

/** Whether a matcher also holds for a series without that label. */
export const matchesEmpty = (matcher: Matcher): boolean => valueTest(matcher)('');

function valueTest(matcher: Matcher): (value: string) => boolean {
  const { operator, value } = matcher;
  if (operator === '=') return (other) => other === value;
  if (operator === '!=') return (other) => other !== value;
  const pattern = compilePattern(value);
  const known = new Map<string, boolean>();
  const wanted = operator === '=~';
  return (other) => {
    const before = known.get(other);
    if (before !== undefined) return before;
    const result = pattern.test(other) === wanted;
    known.set(other, result);
    return result;
  };
}

/**
 * Prometheus uses RE2, which cannot be made to run for ever; JavaScript's engine can. So what makes it run away (a
 * repetition of a repetition, references back) is refused, and patterns have a longest length.
 */
export function compilePattern(source: string): RegExp {
  const refuse = (why: string): never => {
    throw new QueryError('bad_data', `error parsing regexp: ${why}: \`${source.slice(0, 200)}\``);
  };
  if (source.length > longestPattern)
    throw notEvaluated(`a pattern longer than ${longestPattern} characters`);
  if (/\((?!\?:)[^()]*[+*{][^()]*\)[+*{]|\(\?:[^()]*[+*][^()]*\)[+*{]/.test(source)) {
    // `(a+)+` and its like; RE2 takes them, this engine must not.
    throw notEvaluated(`a repetition within a repetition (\`${source.slice(0, 200)}\`)`);
  }
  if (/\\[1-9]|\(\?[=!<]/.test(source)) refuse('invalid or unsupported Perl syntax');
  const folded = source.startsWith('(?i)');
  try {
    return new RegExp(`^(?:${folded ? source.slice(4) : source})$`, folded ? 'isu' : 'su');
  } catch {
    try {
      // RE2 takes escapes of ordinary characters (`\-`), which JavaScript only takes without the unicode flag.
      return new RegExp(`^(?:${folded ? source.slice(4) : source})$`, folded ? 'is' : 's');
    } catch {
      return refuse('not a regular expression');
    }
  }
}

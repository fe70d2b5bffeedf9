import { withoutSequences } from '../../../shared/analysis/terminalText.ts';

/** Which lines are shown. */
export interface LogFilter {
  readonly text: string;
  readonly isExpression: boolean;
  readonly matchesCase: boolean;
  /** Shows what does not match. */
  readonly isInverted: boolean;
}

export const noFilter: LogFilter = { text: '', isExpression: false, matchesCase: false, isInverted: false };

/** What a worker is asked: which of these lines match. */
export interface MatchQuestion {
  readonly sequence: number;
  readonly source: string;
  readonly flags: string;
  readonly texts: readonly string[];
}
export interface MatchAnswer {
  readonly sequence: number;
  readonly hits: readonly boolean[];
}

/** Whether a line holds plain words. What a line looks like counts, not the sequences that colour it. */
export function textMatcher({ text, matchesCase }: LogFilter): (line: string) => boolean {
  const sought = matchesCase ? text : text.toLowerCase();
  return (line) => {
    const plain = withoutSequences(line);
    return (matchesCase ? plain : plain.toLowerCase()).includes(sought);
  };
}

/** Why it is no regular expression; null where it is one. */
export function expressionProblem({ text, isExpression, matchesCase }: LogFilter): string | null {
  if (!isExpression) return null;
  try {
    new RegExp(text, flagsOf(matchesCase));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export const flagsOf = (matchesCase: boolean): string => (matchesCase ? 'u' : 'iu');

/** Which lines match an expression. An expression may take for ever on some line: only a worker, which can be ended, calls this. */
export function hitsOf({
  source,
  flags,
  texts,
}: Pick<MatchQuestion, 'source' | 'flags' | 'texts'>): boolean[] {
  const expression = new RegExp(source, flags);
  return texts.map((text) => expression.test(withoutSequences(text)));
}

import { formatRatio } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

/** "38 % of calls from order are refused (403)"; null is the share that no source tells, which is not none. */
export function refusedWords(forbiddenRatio: number | null, callerName: string): string {
  if (forbiddenRatio === null)
    return 'Whether any is answered 403 is not known: what counts these calls does not tell 403 from other answers.';
  if (forbiddenRatio > 0)
    return `${formatRatio(forbiddenRatio)} of calls from ${plainText(callerName, 60)} are refused (403)`;
  return 'None is answered 403. What a network policy stops gets no answer: it times out or fails to connect.';
}

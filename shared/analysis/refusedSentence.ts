import type { DenialJudgement } from '../model/denial.ts';
import type { VerdictSentence } from '../model/inspect.ts';
import { formatPercent } from './formats.ts';

/** "38 % of calls from order are refused (403). AuthorizationPolicy shop/payment-callers admits only …", and what that rests on. */
export function refusedSentence(
  caller: string,
  ratio: number,
  judgements: readonly DenialJudgement[],
  problems: readonly string[],
): VerdictSentence {
  // Who certainly refuses is told before who may.
  const told =
    (['denied', 'maybe', 'unknown', 'admitted', 'unruled'] as const)
      .map((outcome) => judgements.find((one) => one.outcome === outcome))
      .find((one) => one !== undefined) ?? null;
  const share = `${formatPercent(ratio)} of calls from ${caller} are refused (403).`;
  const evidence = [
    ...(told === null ? [] : [`By ${told.source}.`]),
    ...(told?.policies.map(({ text }) => `${text}.`) ?? []),
    ...(told?.notes ?? []),
    ...problems,
  ];
  return { text: told === null ? share : `${share} ${told.text}`, evidence: evidence.join(' ') };
}

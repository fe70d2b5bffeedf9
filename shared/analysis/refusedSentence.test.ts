import { expect, test } from 'vitest';
import type { DenialJudgement } from '../model/denial.ts';
import { refusedSentence } from './refusedSentence.ts';

const judged = (outcome: DenialJudgement['outcome'], text: string): DenialJudgement => ({
  source: 'Istio’s AuthorizationPolicies',
  outcome,
  text,
  policies: [],
  notes: ['Read a moment ago.'],
});

test('who certainly refuses is told before who may, with what it rests on', () => {
  expect(
    refusedSentence('order', 0.38, [judged('maybe', 'Perhaps.'), judged('denied', 'Denied.')], []),
  ).toEqual({
    text: '38 % of calls from order are refused (403). Denied.',
    evidence: 'By Istio’s AuthorizationPolicies. Read a moment ago.',
  });
});

test('where nothing knows of policies nobody is blamed', () => {
  expect(refusedSentence('order', 1, [], ['Asking was refused.'])).toEqual({
    text: '100 % of calls from order are refused (403).',
    evidence: 'Asking was refused.',
  });
});

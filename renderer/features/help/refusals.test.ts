import { expect, test } from 'vitest';
import { DenialJudgement } from '../../../shared/model/denial.ts';
import { refusalHelp } from './refusals.ts';

test('every verdict on refused calls is explained in the help, in whole sentences', () => {
  expect(Object.keys(refusalHelp).sort()).toEqual([...DenialJudgement.shape.outcome.options].sort());
  for (const { what } of Object.values(refusalHelp)) expect(what).toMatch(/^[A-Z].{40,}\.$/);
});

test('it is said why a verdict can be open', () => expect(refusalHelp.maybe.what).toContain('gateway'));

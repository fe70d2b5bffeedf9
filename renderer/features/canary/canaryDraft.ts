import {
  type ConditionDraft,
  conditionsOf,
  type PresentFigures,
  secondsOf,
} from '../../../shared/analysis/watchDraft.ts';
import { sharesOf } from '../../../shared/analysis/weights.ts';
import type { CanaryRequest } from '../../../shared/model/watch.ts';
import type { Split } from '../../../shared/model/weights.ts';

/** A step as it was typed. */
export interface StepDraft {
  readonly percent: string;
  readonly minutes: string;
}

/** A guided canary as it stands in its form. */
export interface CanaryDraft {
  readonly destination: number;
  readonly steps: readonly StepDraft[];
  readonly conditions: readonly ConditionDraft[];
  readonly reason: string;
}

const usualSteps: readonly StepDraft[] = [
  { percent: '5', minutes: '5' },
  { percent: '25', minutes: '10' },
  { percent: '50', minutes: '10' },
  { percent: '100', minutes: '10' },
];

/** The version on trial is the one with the smallest share; of equals the last, for versions are listed as they came. */
export function destinationOnTrial({ destinations }: Split): number {
  const weights = destinations.map(({ weight }) => weight ?? 0);
  return weights.lastIndexOf(Math.min(...weights));
}

/** The usual steps, but for those that give no more than the version has already. */
export function stepsFor(split: Split, destination: number): readonly StepDraft[] {
  const share = sharesOf(split.destinations.map(({ weight }) => weight))[destination] ?? 0;
  return usualSteps.filter(({ percent }) => Number(percent) > share * 100);
}

/** The canary that a draft asks for, or what is wrong with it. */
export function canaryOf(
  draft: CanaryDraft,
  split: Split,
  version: string | null,
  figures: PresentFigures,
): { readonly request: CanaryRequest | null; readonly problem: string | null } {
  const wrong = (problem: string) => ({ request: null, problem });
  if (draft.steps.length === 0) return wrong('A canary has at least one step.');
  const steps: CanaryRequest['steps'] = [];
  for (const [index, { percent, minutes }] of draft.steps.entries()) {
    const share = /^\d{1,3}$/.test(percent.trim()) ? Number(percent.trim()) : null;
    const forSeconds = secondsOf(minutes);
    if (share === null || share > 100)
      return wrong(`Step ${index + 1}: the share is a whole number up to 100 %.`);
    if (forSeconds === null) return wrong(`Step ${index + 1}: say for how long, from a quarter of a minute.`);
    if (share <= (steps.at(-1)?.percent ?? -1))
      return wrong(`Step ${index + 1} must give more than the one before.`);
    steps.push({ percent: share, forSeconds });
  }
  const conditions = conditionsOf({ conditions: draft.conditions, version }, figures);
  if (typeof conditions === 'string') return wrong(conditions);
  const { connectionId, id: splitId } = split;
  const { destination, reason } = draft;
  return {
    request: { connectionId, splitId, destination, steps, conditions, reason: reason.trim() },
    problem: null,
  };
}

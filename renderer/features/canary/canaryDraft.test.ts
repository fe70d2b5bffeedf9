import { describe, expect, test } from 'vitest';
import { firstWatch } from '../../../shared/analysis/watchDraft.ts';
import { splitOf } from '../../../test/support/splits.ts';
import { canaryOf, destinationOnTrial, stepsFor } from './canaryDraft.ts';

const split = splitOf([90, 10]);
const figures = { errorRatio: 0.001, p99Ms: 80, requestsPerSecond: 20 };
const draft = {
  destination: 1,
  steps: stepsFor(split, 1),
  conditions: firstWatch(figures, 'v2').conditions,
  reason: ' trial ',
};

describe('a canary to begin with', () => {
  test('leads the smaller version on from what it has', () => {
    expect(destinationOnTrial(split)).toBe(1);
    expect(stepsFor(split, 1).map(({ percent }) => percent)).toEqual(['25', '50', '100']);
  });

  test('asks for shares, times and what is watched', () => {
    expect(canaryOf(draft, split, 'v2', figures)).toMatchObject({
      problem: null,
      request: {
        splitId: 'uid/http/default',
        destination: 1,
        steps: [{ percent: 25, forSeconds: 600 }, { percent: 50 }, { percent: 100 }],
        reason: 'trial',
      },
    });
  });
});

test.each([
  [
    [
      { percent: '50', minutes: '5' },
      { percent: '50', minutes: '5' },
    ],
    'Step 2 must give more than the one before.',
  ],
  [[{ percent: '5.5', minutes: '5' }], 'Step 1: the share is a whole number up to 100 %.'],
  [[{ percent: '5', minutes: '0' }], 'Step 1: say for how long, from a quarter of a minute.'],
  [[], 'A canary has at least one step.'],
])('steps %j are not understood', (steps, problem) => {
  expect(canaryOf({ ...draft, steps }, split, 'v2', figures).problem).toBe(problem);
});

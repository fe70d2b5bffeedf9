import { describe, expect, test } from 'vitest';
import { firstWatch } from '../../../shared/analysis/watchDraft.ts';
import type { Split } from '../../../shared/model/weights.ts';
import { canaryOf, destinationOnTrial, stepsFor } from './canaryDraft.ts';

const destination = (index: number, weight: number): Split['destinations'][number] => ({
  index,
  host: 'payment',
  subset: `v${index + 1}`,
  port: null,
  title: `v${index + 1}`,
  version: `v${index + 1}`,
  weight,
  readyInstances: 2,
  problem: null,
});
const split: Split = {
  id: 'u1/http/default',
  connectionId: 'c1',
  document: {
    connectionId: 'c1',
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    namespace: 'shop',
    name: 'payment',
    uid: 'u1',
  },
  revision: '1',
  serviceId: 's1',
  route: { index: 0, title: 'default', match: 'all requests', protocol: 'http' },
  hosts: ['payment'],
  gateways: ['mesh'],
  destinations: [destination(0, 90), destination(1, 10)],
  ownership: null,
  readOnly: null,
  changedBy: null,
};
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
        splitId: 'u1/http/default',
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
  [[{ percent: '5', minutes: '0' }], 'Step 1: say for how long, from half a minute.'],
  [[], 'A canary has at least one step.'],
])('steps %j are not understood', (steps, problem) => {
  expect(canaryOf({ ...draft, steps }, split, 'v2', figures).problem).toBe(problem);
});

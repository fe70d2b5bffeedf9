import { expect, test } from 'vitest';
import type { WorkloadView } from '../../../shared/model/workload.ts';
import {
  actionTitle,
  autoscalerNote,
  cannotInWords,
  changeOf,
  objectOf,
  rateInWords,
  ratesFrom,
  readyInWords,
  replicasOf,
} from './workloadWords.ts';

const payment: WorkloadView = {
  ref: { kind: 'Deployment', namespace: 'shop', name: 'payment-v2', uid: 'w1' },
  connectionId: 'c1',
  revision: '77',
  version: 'v2',
  replicas: 4,
  readyReplicas: 3,
  updatedReplicas: 3,
  paused: false,
  rollout: null,
  autoscaler: { name: 'payment', min: 2, max: 8 },
  revisions: [],
  instances: [],
};

test.each([
  ['Deployment', 'apps/v1'],
  ['StatefulSet', 'apps/v1'],
  ['DaemonSet', 'apps/v1'],
  ['Rollout', 'argoproj.io/v1alpha1'],
  ['Canary', 'flagger.app/v1beta1'],
] as const)('a %s is read where the API server has it', (kind, apiVersion) => {
  const object = { apiVersion, kind, namespace: 'shop', name: 'payment-v2' };
  expect(objectOf({ ref: { ...payment.ref, kind } })).toEqual(object);
});

test('what only a registry knows of is no object', () => {
  expect(objectOf({ ref: { ...payment.ref, kind: 'Application' } })).toBeNull();
});

test('a change names the workload as it was seen', () => {
  const action = { verb: 'scale', replicas: 5 } as const;
  expect(changeOf(payment, 's1', action)).toMatchObject({
    kind: 'changeWorkload',
    revision: '77',
    workload: { name: 'payment-v2' },
    action,
  });
  expect(actionTitle(payment, action)).toBe('Scale payment-v2 to 5');
});

test('what has no steps is not promoted to the next one, but switched', () => {
  const items = [{ text: 'weight 20 %', state: 'now' as const }];
  const steps = { owner: 'Argo Rollouts', items, weight: null, analysis: [], note: '' };
  const promote = { verb: 'promote' } as const;
  expect(actionTitle({ ...payment, steps }, promote)).toBe('Promote payment-v2 to its next step');
  expect(actionTitle({ ...payment, steps: { ...steps, items: [] } }, promote)).toBe(
    'Switch payment-v2 to its new version',
  );
});

test('an autoscaler is named with its bounds, for it will undo what is set by hand', () => {
  expect(autoscalerNote(payment)).toMatch(/^Autoscaler payment decides between 2 and 8/);
  expect(autoscalerNote({ ...payment, autoscaler: null })).toBeNull();
});

test('what is asked for is said only where somebody asks', () => {
  expect(readyInWords(payment)).toBe('3 of 4 ready');
  expect(readyInWords({ ...payment, replicas: null })).toBe('3 ready');
});

test.each([
  ['5', 5],
  ['0', 0],
  ['4', null],
  ['', null],
  ['-1', null],
  ['70000', null],
])('%s replicas typed means %s', (text, wanted) => {
  expect(replicasOf(text, payment)).toBe(wanted);
});

test('an instance that was counted says its rate, also zero, and one that was not says so', () => {
  const rates = { source: 'Prometheus', windowSeconds: 20, perSecond: { p1: 36.4, p2: 0 } };
  expect(['p1', 'p2', 'p3'].map((uid) => rateInWords(rates, uid))).toEqual([
    '36 rps',
    '0 rps',
    'rate not known',
  ]);
  expect(rateInWords(null, 'p1')).toBe('rate not known');
  expect(ratesFrom({ ...rates, perSecond: {} })).toMatch(/names none of these instances/);
});

test('what a kind cannot do is said with the reason', () => {
  const of = (kind: WorkloadView['ref']['kind']) => {
    const view = { ref: { ...payment.ref, kind } };
    return [cannotInWords('scale', view), cannotInWords('pause', view)];
  };
  expect(of('Deployment')).toEqual([null, null]);
  expect(of('StatefulSet')).toEqual([null, expect.stringMatching(/Only the rollout of a Deployment/)]);
  expect(of('DaemonSet')).toEqual([
    expect.stringMatching(/there is no number to set/),
    expect.stringMatching(/Only the rollout of a Deployment/),
  ]);
});

test('who counts no instances is not called one without any', () => {
  expect(readyInWords({ ...payment, replicas: null, readyReplicas: null })).toBeNull();
});

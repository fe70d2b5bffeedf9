import { expect, test } from 'vitest';
import type { KubeObject } from '../../kube/objects.ts';
import { rolloutOf } from './rollout.ts';

const workload = (kind: string, spec: object, status: object, generation = 2): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'order', namespace: 'shop', uid: 'u', resourceVersion: '1', generation },
  spec,
  status: { observedGeneration: generation, ...status },
});
const deployment = (status: object, spec: object = {}): KubeObject =>
  workload('Deployment', { replicas: 4, ...spec }, status);
const at = (updatedReplicas: number, replicas = 4, availableReplicas = replicas) => ({
  replicas,
  updatedReplicas,
  availableReplicas,
});
const exceeded = {
  conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
};

test.each([
  ['done', '4 of 4 updated and available', deployment(at(4))],
  ['moving', '2 of 4 updated', deployment(at(2, 5))],
  ['moving', '4 of 4 updated, 1 old instance still there', deployment(at(4, 5))],
  ['moving', '4 of 4 updated, 3 of 4 available', deployment(at(4, 4, 3))],
  // The API server leaves zero out of a status.
  ['moving', '0 of 4 updated', deployment({ replicas: 4 })],
  ['done', 'none asked for, none left', deployment({}, { replicas: 0 })],
  ['paused', 'paused: 0 of 4 updated', deployment(at(0), { paused: true })],
  ['stuck', '1 of 4 updated, and no progress within the deadline', deployment({ ...at(1, 5), ...exceeded })],
  // A deadline of an earlier rollout says nothing of one that is through.
  ['done', '4 of 4 updated and available', deployment({ ...at(4), ...exceeded })],
])('a Deployment is %s: %s', (state, text, object) => {
  expect(rolloutOf(object)).toEqual({ state, text });
});

test('a status counts only once its controller saw the newest specification', () => {
  const old = workload('Deployment', { replicas: 4 }, { ...at(4), observedGeneration: 1 });
  expect(rolloutOf(old)).toEqual({ state: 'moving', text: 'its controller has not taken it up yet' });
});

test('a quota that keeps pods from being made is named', () => {
  const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: pods' }];
  expect(rolloutOf(deployment({ ...at(2), conditions })).text).toBe(
    '2 of 4 updated; no more pods can be made: exceeded quota: pods',
  );
});

test('a StatefulSet is through when all up to its partition are of the new revision', () => {
  const set = (status: object, updateStrategy: object = {}) =>
    rolloutOf(
      workload(
        'StatefulSet',
        { replicas: 3, updateStrategy },
        { replicas: 3, availableReplicas: 3, ...status },
      ),
    );
  const rest = { currentRevision: 'a', updateRevision: 'a', currentReplicas: 3 };
  const moving = { currentRevision: 'a', updateRevision: 'b', updatedReplicas: 1 };
  expect(set(rest)).toEqual({ state: 'done', text: '3 of 3 updated and available' });
  expect(set(moving)).toEqual({ state: 'moving', text: '1 of 3 updated' });
  expect(set(moving, { rollingUpdate: { partition: 2 } })).toEqual({
    state: 'done',
    text: '1 of 3 updated; the partition keeps 2 as they were',
  });
  expect(set({ ...moving, updatedReplicas: 0 }, { type: 'OnDelete' }).state).toBe('paused');
});

test('a DaemonSet is through when every node that wants one has the newest', () => {
  const set = (status: object) =>
    rolloutOf(workload('DaemonSet', {}, { desiredNumberScheduled: 3, numberAvailable: 3, ...status }));
  expect(set({ updatedNumberScheduled: 3 }).state).toBe('done');
  expect(set({ updatedNumberScheduled: 2 })).toEqual({ state: 'moving', text: '2 of 3 updated' });
});

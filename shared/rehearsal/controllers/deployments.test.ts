import { expect, test } from 'vitest';
import { fieldsAt } from '../traffic/reading.ts';
import { openWorkedCluster, orderDeployment, templateOf, type WorkedCluster } from './testCluster.ts';

const restart = (cluster: WorkedCluster, at = '2027-01-15T08:00:10Z'): void =>
  cluster.change({ template: templateOf('shop/order:1', { 'kubectl.kubernetes.io/restartedAt': at }) });

const readyPods = (cluster: WorkedCluster): number => cluster.counts()['readyReplicas'] ?? 0;

test('a new Deployment gets a revision, a set and pods, and is available a few seconds later', () => {
  const cluster = openWorkedCluster();
  expect(cluster.revisions()).toEqual({ 1: 4 });
  expect(cluster.pods()).toHaveLength(4);
  expect(cluster.counts()).toEqual({
    observedGeneration: 1,
    replicas: 4,
    updatedReplicas: 4,
    readyReplicas: 4,
    availableReplicas: 4,
    terminatingReplicas: 0,
  });
  expect(cluster.conditions()).toEqual({
    Available: 'True MinimumReplicasAvailable',
    Progressing: 'True NewReplicaSetAvailable',
  });
});

test('scaling adds instances at once, takes them away at once, and makes no revision', () => {
  const cluster = openWorkedCluster();
  cluster.change({ replicas: 6 });
  cluster.pass(1);
  expect(cluster.pods()).toHaveLength(6);
  expect(cluster.counts()).toMatchObject({ replicas: 6, readyReplicas: 4, unavailableReplicas: 2 });
  cluster.pass(10);
  expect(readyPods(cluster)).toBe(6);
  cluster.change({ replicas: 1 });
  cluster.pass(1);
  expect(cluster.pods()).toHaveLength(1);
  expect(cluster.counts()).toMatchObject({ terminatingReplicas: 5 });
  cluster.pass(5);
  expect(cluster.store.list('pods', 'shop')).toHaveLength(1);
  expect(cluster.revisions()).toEqual({ 1: 1 });
  cluster.change({ replicas: 0 });
  cluster.pass(5);
  expect(cluster.pods()).toHaveLength(0);
  expect(cluster.conditions()['Available']).toBe('True MinimumReplicasAvailable');
});

test('a restart makes a new revision and never has fewer or more instances than the strategy allows', () => {
  const cluster = openWorkedCluster(
    orderDeployment(4, {
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
    }),
  );
  const before = new Set(cluster.pods().map(({ metadata }) => metadata.uid));
  restart(cluster);
  let sawBoth = false;
  for (let second = 0; second < 60; second += 1) {
    cluster.pass(0.5);
    expect(cluster.pods().length).toBeLessThanOrEqual(5);
    expect(readyPods(cluster)).toBeGreaterThanOrEqual(3);
    const { 1: old = 0, 2: fresh = 0 } = cluster.revisions();
    if (old > 0 && fresh > 0) sawBoth = true;
  }
  expect(sawBoth).toBe(true);
  expect(cluster.revisions()).toEqual({ 1: 0, 2: 4 });
  expect(cluster.pods().some(({ metadata }) => before.has(metadata.uid))).toBe(false);
  expect(cluster.deployment().metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
  expect(cluster.counts()).toMatchObject({ observedGeneration: 2, updatedReplicas: 4, availableReplicas: 4 });
});

test('while instances are exchanged the Deployment says how far it is', () => {
  const cluster = openWorkedCluster();
  restart(cluster);
  cluster.pass(2);
  expect(cluster.conditions()['Progressing']).toBe('True ReplicaSetUpdated');
  const { updatedReplicas = 0 } = cluster.counts();
  expect(updatedReplicas).toBeGreaterThan(0);
  expect(updatedReplicas).toBeLessThan(4);
  cluster.pass(30);
  expect(cluster.conditions()['Progressing']).toBe('True NewReplicaSetAvailable');
});

test('a paused Deployment keeps its pods under a new template, still scales, and goes on when resumed', () => {
  const cluster = openWorkedCluster();
  cluster.change({ paused: true });
  restart(cluster);
  cluster.pass(10);
  expect(cluster.revisions()).toEqual({ 1: 4 });
  expect(cluster.conditions()['Progressing']).toBe('Unknown DeploymentPaused');
  cluster.change({ replicas: 5 });
  cluster.pass(10);
  expect(cluster.revisions()).toEqual({ 1: 5 });
  cluster.change({ paused: false });
  cluster.pass(40);
  expect(cluster.revisions()).toEqual({ 1: 0, 2: 5 });
  expect(cluster.conditions()['Progressing']).toBe('True NewReplicaSetAvailable');
});

test('paused in the middle, a rollout stands still and is scaled in proportion', () => {
  const cluster = openWorkedCluster();
  restart(cluster);
  cluster.pass(2);
  cluster.change({ paused: true });
  cluster.pass(10);
  const { 1: old = 0, 2: fresh = 0 } = cluster.revisions();
  expect(old).toBeGreaterThan(0);
  expect(fresh).toBeGreaterThan(0);
  cluster.change({ replicas: 8 });
  cluster.pass(10);
  const { 1: oldThen = 0, 2: freshThen = 0 } = cluster.revisions();
  expect(oldThen).toBeGreaterThan(old);
  expect(freshThen).toBeGreaterThan(fresh);
  // The whole with its surge of a quarter.
  expect(oldThen + freshThen).toBe(10);
});

test('going back to an older template takes its set again under a new number', () => {
  const cluster = openWorkedCluster();
  cluster.change({ template: templateOf('shop/order:2') });
  cluster.pass(40);
  expect(cluster.revisions()).toEqual({ 1: 0, 2: 4 });
  cluster.change({ template: templateOf('shop/order:1') });
  cluster.pass(40);
  expect(cluster.revisions()).toEqual({ 2: 0, 3: 4 });
  const sets = cluster.store.list('replicasets', 'shop');
  expect(sets).toHaveLength(2);
  expect(
    sets.map(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision-history'] ?? ''),
  ).toContain('1');
  expect(cluster.deployment().metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
});

test('an image that never gets ready is told after the deadline, and most of the old instances stay', () => {
  const cluster = openWorkedCluster(orderDeployment(4, { progressDeadlineSeconds: 20 }));
  cluster.change({ template: templateOf('shop/order:broken') });
  cluster.pass(15);
  expect(cluster.conditions()['Progressing']).toBe('True ReplicaSetUpdated');
  cluster.pass(15);
  expect(cluster.conditions()).toEqual({
    Available: 'True MinimumReplicasAvailable',
    Progressing: 'False ProgressDeadlineExceeded',
  });
  expect(readyPods(cluster)).toBe(3);
  const crashing = cluster
    .pods({ app: 'order' })
    .filter((pod) => JSON.stringify(pod).includes('CrashLoopBackOff'));
  expect(crashing).toHaveLength(2);
  cluster.change({ template: templateOf('shop/order:1') });
  cluster.pass(20);
  expect(cluster.counts()).toMatchObject({ readyReplicas: 4, updatedReplicas: 4 });
  expect(cluster.conditions()['Progressing']).toBe('True NewReplicaSetAvailable');
});

test('with "Recreate" nothing new starts before everything old has ended', () => {
  const cluster = openWorkedCluster(orderDeployment(3, { strategy: { type: 'Recreate' } }));
  cluster.change({ template: templateOf('shop/order:2') });
  cluster.pass(1.5);
  expect(cluster.pods()).toHaveLength(0);
  cluster.pass(10);
  expect(cluster.revisions()).toEqual({ 1: 0, 2: 3 });
  expect(readyPods(cluster)).toBe(3);
});

test('old revisions beyond the history that is kept are removed', () => {
  const cluster = openWorkedCluster(orderDeployment(1, { revisionHistoryLimit: 1 }));
  for (const tag of ['2', '3', '4']) {
    cluster.change({ template: templateOf(`shop/order:${tag}`) });
    cluster.pass(20);
  }
  expect(cluster.revisions()).toEqual({ 3: 0, 4: 1 });
});

test('what a deleted Deployment owned goes with it', () => {
  const cluster = openWorkedCluster();
  cluster.store.remove('deployments', 'shop', 'order');
  cluster.pass(5);
  expect(cluster.store.list('replicasets', 'shop')).toHaveLength(0);
  expect(cluster.store.list('pods', 'shop')).toHaveLength(0);
});

test('a pod whose configuration is not there waits for it', () => {
  const cluster = openWorkedCluster();
  const { spec } = templateOf('shop/order:1');
  const envFrom = [{ configMapRef: { name: 'order-settings' } }];
  cluster.change({
    template: { ...templateOf('shop/order:1'), spec: { containers: [{ ...firstOf(spec), envFrom }] } },
  });
  cluster.pass(20);
  expect(readyPods(cluster)).toBe(3);
  expect(JSON.stringify(cluster.pods())).toContain('configmap \\"order-settings\\" not found');
  cluster.store.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'order-settings', namespace: 'shop' },
  });
  cluster.pass(30);
  expect(cluster.counts()).toMatchObject({ updatedReplicas: 4, readyReplicas: 4 });
});

const firstOf = (spec: unknown): object =>
  fieldsAt((fieldsAt(spec)['containers'] as readonly unknown[] | undefined)?.[0]);

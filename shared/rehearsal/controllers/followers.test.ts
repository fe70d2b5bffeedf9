import { expect, test } from 'vitest';
import { fieldsAt, listAt } from '../traffic/reading.ts';
import { openWorkedCluster, orderDeployment, type WorkedCluster } from './testCluster.ts';

function label(cluster: WorkedCluster, name: string, app: string): void {
  const pod = cluster.store.get('pods', 'shop', name);
  if (pod === undefined) throw new Error(`there is no pod ${name}`);
  cluster.store.put({
    ...pod,
    metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, app } },
  });
}

const behind = (cluster: WorkedCluster, which: 'ready' | 'serving' = 'ready'): readonly string[] =>
  listAt(cluster.store.list('endpointslices', 'shop')[0], 'endpoints')
    .map((one) => fieldsAt(one))
    .filter((one) => fieldsAt(one, 'conditions')[which] === true)
    .map((one) => String(fieldsAt(one, 'targetRef')['name']));

test('an instance that is relabelled leaves the Service and its set, which puts another in its place', () => {
  const cluster = openWorkedCluster();
  const name = cluster.pods()[0]?.metadata.name ?? '';
  label(cluster, name, 'order-drained');
  cluster.pass(1);
  expect(listAt(cluster.store.get('pods', 'shop', name), 'metadata', 'ownerReferences')).toEqual([]);
  expect(behind(cluster)).toHaveLength(3);
  expect(behind(cluster)).not.toContain(name);
  cluster.pass(8);
  expect(cluster.pods({ app: 'order' })).toHaveLength(4);
  expect(cluster.pods()).toHaveLength(5);
  expect(behind(cluster)).toHaveLength(4);
});

test('relabelled back, it is adopted again, and one that is too many goes', () => {
  const cluster = openWorkedCluster();
  const name = cluster.pods()[0]?.metadata.name ?? '';
  label(cluster, name, 'order-drained');
  cluster.pass(10);
  label(cluster, name, 'order');
  cluster.pass(10);
  expect(cluster.pods()).toHaveLength(4);
  const pod = cluster.store.get('pods', 'shop', name);
  expect(listAt(pod, 'metadata', 'ownerReferences')).toMatchObject([
    { kind: 'ReplicaSet', controller: true },
  ]);
  // The youngest is the one that goes.
  expect(behind(cluster)).toContain(name);
});

test('a slice lists a pod from its address on, as ready when it is, and as terminating while it ends', () => {
  const cluster = openWorkedCluster();
  expect(behind(cluster)).toHaveLength(4);
  cluster.change({ replicas: 5 });
  cluster.pass(2);
  expect(behind(cluster)).toHaveLength(4);
  cluster.pass(8);
  expect(behind(cluster)).toHaveLength(5);
  cluster.change({ replicas: 2 });
  cluster.pass(1);
  expect(behind(cluster)).toHaveLength(2);
  expect(behind(cluster, 'serving')).toHaveLength(5);
  cluster.pass(5);
  expect(behind(cluster, 'serving')).toHaveLength(2);
});

test('an autoscaler puts the number back that its load asks for, within its bounds', () => {
  const cluster = openWorkedCluster();
  cluster.store.put({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'order', namespace: 'shop' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'order' },
      minReplicas: 2,
      maxReplicas: 6,
    },
  });
  const replicas = (): unknown => fieldsAt(cluster.deployment(), 'spec')['replicas'];
  cluster.pass(20);
  cluster.change({ replicas: 2 });
  cluster.pass(2);
  expect(cluster.pods()).toHaveLength(2);
  cluster.pass(20);
  expect(replicas()).toBe(4);
  const autoscaler = cluster.store.get('horizontalpodautoscalers', 'shop', 'order');
  expect(fieldsAt(autoscaler, 'status')).toMatchObject({ desiredReplicas: 4 });
  cluster.change({ replicas: 0 });
  cluster.pass(40);
  expect(replicas()).toBe(0);
});

test('a Deployment that asks for it is restarted when its configuration changes', () => {
  const cluster = openWorkedCluster(orderDeployment(2));
  const put = (level: string): unknown =>
    cluster.store.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'order-settings', namespace: 'shop' },
      data: { level },
    });
  put('info');
  const current = cluster.deployment();
  const template = fieldsAt(current, 'spec', 'template');
  const container = fieldsAt(listAt(template, 'spec', 'containers')[0]);
  cluster.store.put({
    ...current,
    metadata: { ...current.metadata, annotations: { 'reloader.stakater.com/auto': 'true' } },
    spec: {
      ...fieldsAt(current, 'spec'),
      template: {
        ...template,
        spec: { containers: [{ ...container, envFrom: [{ configMapRef: { name: 'order-settings' } }] }] },
      },
    },
  });
  cluster.pass(30);
  expect(cluster.revisions()).toEqual({ 1: 0, 2: 2 });
  put('debug');
  cluster.pass(30);
  expect(cluster.revisions()).toEqual({ 1: 0, 2: 0, 3: 2 });
  const env = listAt(listAt(cluster.deployment(), 'spec', 'template', 'spec', 'containers')[0], 'env');
  expect(env).toMatchObject([{ name: 'STAKATER_ORDER_SETTINGS_CONFIGMAP' }]);
});

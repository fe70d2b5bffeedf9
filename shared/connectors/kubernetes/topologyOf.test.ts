import { expect, test } from 'vitest';
import { readObject, type KubeObject } from '../kube/objects.ts';
import { type ClusterObjects, topologyOf } from './topologyOf.ts';

let uids = 0;
function object(kind: string, metadata: object, rest: object = {}): KubeObject {
  const found = readObject(
    { metadata: { namespace: 'shop', uid: `u-${++uids}`, resourceVersion: '1', ...metadata }, ...rest },
    'v1',
    kind,
  );
  if (found === null) throw new Error('no object');
  return found;
}
const owned = (by: KubeObject) => [
  { kind: by.kind, name: by.metadata.name, uid: by.metadata.uid, controller: true },
];
const fold = (objects: Partial<ClusterObjects>) =>
  topologyOf(
    { services: [], workloads: [], replicaSets: [], slices: [], pods: [], podsRead: true, ...objects },
    1_000,
    [],
  );
const service = (name: string, app: string, labels: object = {}) =>
  object('Service', { name, labels }, { spec: { selector: { app } } });
const pod = (
  name: string,
  by: KubeObject | null,
  status: object = {},
  labels: object = { app: 'payment', version: 'v1' },
) =>
  object(
    'Pod',
    { name, labels, ...(by === null ? {} : { ownerReferences: owned(by) }) },
    {
      spec: {
        nodeName: 'n1',
        containers: [
          { name: 'istio-proxy', image: 'proxy' },
          { name: 'app', image: 'pay:1' },
        ],
      },
      status,
    },
  );
const deployment = (name: string, labels: object = { app: 'payment', version: 'v1' }) =>
  object(
    'Deployment',
    { name, labels: { team: 'money' } },
    {
      spec: {
        replicas: 3,
        template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'pay:1' }] } },
      },
    },
  );
const slice = (...endpoints: readonly (readonly [KubeObject, boolean | undefined])[]) =>
  object(
    'EndpointSlice',
    { name: `s-${uids}` },
    {
      endpoints: endpoints.map(([one, ready]) => ({
        targetRef: { uid: one.metadata.uid },
        conditions: ready === undefined ? {} : { ready },
      })),
    },
  );

test('readiness is what the slices say: absent means ready, and an endpoint in two slices counts once', () => {
  const workload = deployment('payment-v1');
  const set = object('ReplicaSet', { name: 'payment-v1-abc', ownerReferences: owned(workload) });
  const [a, b, c] = [pod('a', set), pod('b', set), pod('c', set)];
  const topology = fold({
    services: [service('payment', 'payment')],
    workloads: [workload],
    replicaSets: [set],
    pods: [a, b, c],
    slices: [slice([a, undefined], [b, false]), slice([a, true], [c, true], [c, false])],
  });
  expect(topology.workloads.map((one) => [one.name, one.readyInstances, one.desiredInstances])).toEqual([
    ['payment-v1', 2, 3],
  ]);
  expect(topology.instances.map((one) => [one.name, one.ready])).toEqual([
    ['a', true],
    ['b', false],
    ['c', true],
  ]);
});

test('a pod that is not ready says why, in the cluster’s words', () => {
  const status = (container: object, more: object = {}) => ({
    phase: 'Running',
    containerStatuses: [{ name: 'app', restartCount: 4, ...container }],
    ...more,
  });
  const cases: readonly (readonly [object, string | null])[] = [
    [
      status({
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { finishedAt: '2026-11-22T01:00:00Z' } },
      }),
      'CrashLoopBackOff',
    ],
    [
      status({ state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } }),
      'ImagePullBackOff: no such image',
    ],
    [status({ state: { running: {} }, ready: false }), 'Readiness: container app is not ready'],
    [status({ state: { terminated: { reason: 'OOMKilled' } } }), 'OOMKilled'],
    [
      {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }],
      },
      '0/3 nodes are available',
    ],
    [
      status(
        { state: { waiting: { reason: 'PodInitializing' } } },
        { initContainerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] },
      ),
      'CrashLoopBackOff',
    ],
    [{ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }, null],
  ];
  const { instances } = fold({ pods: cases.map(([one], index) => pod(`p-${index}`, null, one)) });
  expect(instances.map((one) => one.reason)).toEqual(cases.map(([, reason]) => reason));
  expect(instances[0]).toMatchObject({ restarts: 4, lastRestartAt: Date.parse('2026-11-22T01:00:00Z') });
  // No container has reported yet: not zero, but not known.
  expect(instances[4]?.restarts).toBeNull();
});

const ended = (name: string, reason: string, finishedAt: string) => ({
  name,
  restartCount: 1,
  state: { running: {} },
  lastState: { terminated: { reason, exitCode: 1, finishedAt } },
});

test.each([
  ['2026-11-22T01:40:00Z', 'OOMKilled'],
  ['2026-11-22T02:20:00Z', 'Error'],
])('a kill for memory is told, not what ended within an hour after it: at %s %s', (later, reason) => {
  const containerStatuses = [
    ended('app', 'OOMKilled', '2026-11-22T01:10:00Z'),
    ended('istio-proxy', 'Error', later),
  ];
  const { instances } = fold({ pods: [pod('p', null, { phase: 'Running', containerStatuses })] });
  expect(instances[0]?.lastEnd?.reason).toBe(reason);
  expect(instances[0]?.lastRestartAt).toBe(Date.parse(later));
});

test('a sidecar that begins first and stays counts like any container, one that has done its work does not', () => {
  const resources = { limits: { memory: '128Mi' } };
  const one = object(
    'Pod',
    { name: 'p' },
    {
      spec: {
        initContainers: [
          { name: 'setup', image: 's:1', resources },
          { name: 'proxy', image: 'p:1', restartPolicy: 'Always', resources },
        ],
        containers: [{ name: 'app', image: 'pay:1', resources: { limits: { memory: '512Mi' } } }],
      },
      status: {
        phase: 'Running',
        initContainerStatuses: [
          { name: 'setup', restartCount: 9, state: { terminated: { reason: 'Completed' } } },
          { ...ended('proxy', 'OOMKilled', '2026-11-22T01:10:00Z'), restartCount: 2 },
        ],
        containerStatuses: [{ name: 'app', restartCount: 1, state: { running: {} }, ready: true }],
      },
    },
  );
  const [instance] = fold({ pods: [one] }).instances;
  expect(instance?.limits?.map(({ name, memoryLimitBytes }) => [name, memoryLimitBytes])).toEqual([
    ['app', 512 * 2 ** 20],
    ['proxy', 128 * 2 ** 20],
  ]);
  expect(instance).toMatchObject({ restarts: 3, lastEnd: { container: 'proxy', reason: 'OOMKilled' } });
});

test('pods that finished or were evicted are not instances', () => {
  const topology = fold({
    pods: [
      pod('done', null, { phase: 'Succeeded' }),
      pod('gone', null, { phase: 'Failed', reason: 'Evicted' }),
      pod('bad', null, { phase: 'Failed', reason: 'Error' }),
    ],
  });
  expect(topology.instances.map((one) => one.name)).toEqual(['bad']);
});

test('a workload of a kind that is not listed is known by its pods', () => {
  const rollout = object('Rollout', { name: 'payment' });
  const set = object('ReplicaSet', { name: 'payment-abc', ownerReferences: owned(rollout) });
  const one = pod('a', set, { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] });
  const topology = fold({ services: [service('payment', 'payment')], replicaSets: [set], pods: [one] });
  expect(topology.workloads).toMatchObject([
    {
      name: 'payment',
      kind: 'Rollout',
      readyInstances: 1,
      desiredInstances: null,
      image: 'pay:1',
      services: [{ namespace: 'shop', name: 'payment' }],
    },
  ]);
});

test('without ReplicaSets a pod still finds its Deployment, by the hash in its owner’s name', () => {
  const workload = deployment('payment-v1');
  const set = object('ReplicaSet', { name: 'payment-v1-7bc4b6' });
  const one = pod(
    'a',
    set,
    { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    { app: 'payment', version: 'v1', 'pod-template-hash': '7bc4b6' },
  );
  const topology = fold({ workloads: [workload], pods: [one] });
  expect(topology.workloads.map((found) => [found.kind, found.name, found.readyInstances])).toEqual([
    ['Deployment', 'payment-v1', 1],
  ]);
});

test('instances that cannot be read are not zero instances', () => {
  const workload = { ...deployment('payment-v1'), status: { observedGeneration: 1, readyReplicas: 2 } };
  expect(fold({ workloads: [workload], podsRead: false }).workloads[0]?.readyInstances).toBe(2);
  expect(
    fold({ workloads: [deployment('payment-v1')], podsRead: false }).workloads[0]?.readyInstances,
  ).toBeNull();
});

test('deployments are marked by their ReplicaSets, and a roll-back by when the Deployment last moved', () => {
  const workload = {
    ...deployment('payment-v1'),
    status: { conditions: [{ type: 'Progressing', lastUpdateTime: '2026-11-22T03:00:00Z' }] },
  };
  const set = (revision: string, creationTimestamp: string) =>
    object('ReplicaSet', {
      name: `payment-v1-${revision}`,
      creationTimestamp,
      annotations: { 'deployment.kubernetes.io/revision': revision },
      ownerReferences: owned(workload),
    });
  const at = (hour: number) => Date.parse(`2026-11-22T0${hour}:00:00Z`);
  const marks = (sets: KubeObject[]) =>
    fold({ workloads: [workload], replicaSets: sets }).workloads[0]?.deployments.map((one) => [
      one.revision,
      one.at,
    ]);
  expect(marks([set('2', '2026-11-22T02:00:00Z'), set('1', '2026-11-22T01:00:00Z')])).toEqual([
    ['1', at(1)],
    ['2', at(2)],
  ]);
  // Revision 3 is the template of the first again: its ReplicaSet is the oldest.
  expect(marks([set('2', '2026-11-22T02:00:00Z'), set('3', '2026-11-22T01:00:00Z')])).toEqual([
    ['2', at(2)],
    ['3', at(3)],
  ]);
});

test('a service takes its owner from its own labels, else from what it selects', () => {
  const topology = fold({
    services: [service('payment', 'payment'), service('other', 'payment', { owner: 'ana' })],
    workloads: [deployment('payment-v1')],
  });
  expect(topology.services.map((one) => [one.name, one.owner])).toEqual([
    ['payment', 'money'],
    ['other', 'ana'],
  ]);
});

test('a service that says so is a gateway', () => {
  const labels = [
    { istio: 'ingressgateway' },
    { 'app.kubernetes.io/component': 'gateway' },
    { istio: 'pilot' },
  ];
  const topology = fold({ services: labels.map((one, index) => service(`s-${index}`, 'x', one)) });
  expect(topology.services.map((one) => one.kind)).toEqual(['gateway', 'gateway', 'service']);
});

test('labels named like parts of an object change nothing but labels', () => {
  const labels = JSON.parse('{"app":"payment","__proto__":"x","constructor":"y"}') as object;
  const topology = fold({ workloads: [deployment('payment-v1', labels)] });
  expect(topology.workloads[0]?.canonicalService).toBe('payment');
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(Object.getPrototypeOf(topology.workloads[0]?.labels)).toBe(Object.prototype);
});

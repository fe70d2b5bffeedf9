import { expect, test } from 'vitest';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { WorkloadAction, WorkloadView } from '../../shared/model/workload.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import {
  appPaths,
  asked,
  deploymentOf,
  lasting,
  openKubernetes,
  poll,
  proven,
  signal,
  viewOf,
  workloadsOf,
} from '../conformance/rollouts.ts';
import { changeOf, guardsOf } from '../conformance/weights.ts';

type Kind = 'StatefulSet' | 'DaemonSet';
type Written = Parameters<typeof lasting>[0];
const name = 'store';

/** A workload of the kind behind a Service, and what its controller says of it. */
async function begin(kind: Kind, replicas: number, updateStrategy: object = { type: 'RollingUpdate' }) {
  const cluster = await startRealCluster();
  const { namespace } = cluster;
  const path = `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s`;
  await cluster.call('POST', appPaths(namespace).services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 8080, targetPort: 8080 }] },
  });
  const { spec } = deploymentOf(namespace, name, { replicas }) as { readonly spec: Record<string, unknown> };
  const { replicas: _, ...each } = spec;
  await cluster.call('POST', path, {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec:
      kind === 'StatefulSet' ? { ...spec, serviceName: name, updateStrategy } : { ...each, updateStrategy },
  });
  const session = await openKubernetes(cluster.settings);
  const read = async () => (await cluster.call('GET', `${path}/${name}`)) as Written;
  const edit = (image: string) =>
    cluster.call('PATCH', `${path}/${name}`, {
      spec: { template: { spec: { containers: [{ name: 'app', image }] } } },
    });
  const view = () => viewOf(session, namespace, name);
  await poll(view, ({ rollout, readyReplicas }) => rollout === null && readyReplicas === replicas);
  return {
    ...cluster,
    cluster,
    session,
    read,
    edit,
    view,
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

/** Plans and applies; the write is read back, and the controller brings it about. */
async function does(session: Session, view: WorkloadView, action: WorkloadAction) {
  const control = workloadsOf(session);
  const operation = asked(view, action);
  const plan = await control.plan(operation, signal);
  expect(new Set(Object.values(guardsOf(plan)))).toEqual(new Set(['pass']));
  await control.apply(plan, signal);
  expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'after' });
  const proof = await proven(session, plan.expectation, 'seen');
  return {
    plan,
    proof,
    async back() {
      const undo = await control.planUndo(operation, plan.changes, signal);
      await control.apply(undo, signal);
      await proven(session, undo.expectation, 'seen');
    },
  };
}

const uidsOf = ({ instances }: WorkloadView): readonly string[] => instances.map(({ uid }) => uid).sort();
const namesOf = ({ instances }: WorkloadView): readonly string[] => instances.map((one) => one.name).sort();
const imageOf = ({ revisions }: WorkloadView) => revisions.find(({ current }) => current)?.images[0];

/** Restarts, rolls back and takes both back; what every kind with recorded templates can do. */
async function restartsAndRollsBack(
  { session, view, read, edit }: Awaited<ReturnType<typeof begin>>,
  instances: number,
): Promise<void> {
  const before = lasting(await read());
  const first = await view();
  const restart = await does(session, first, { verb: 'restart' });
  const after = await poll(
    view,
    (now) => now.instances.length === instances && uidsOf(now).every((uid) => !uidsOf(first).includes(uid)),
  );
  expect(after.revisions.map(({ revision, current }) => [revision, current])).toEqual([
    [2, true],
    [1, false],
  ]);
  await restart.back();
  expect(lasting(await read())).toEqual(before);

  await edit('registry.example.com/store:2');
  const second = await poll(
    view,
    (now) => now.rollout === null && imageOf(now) === 'registry.example.com/store:2',
  );
  const changed = lasting(await read());
  const earlier = second.revisions.find(({ images }) => images[0] === 'registry.example.com/store:1');
  const rollBack = await does(session, second, { verb: 'rollBack', revision: earlier?.revision ?? -1 });
  expect(rollBack.plan.notes[0]).toContain('with registry.example.com/store:1');
  expect(imageOf(await view())).toBe('registry.example.com/store:1');
  await rollBack.back();
  expect(imageOf(await view())).toBe('registry.example.com/store:2');
  expect(lasting(await read())).toEqual(changed);
}

/** Why the kind cannot do it; empty where it can. */
const refusalOf = async ({ session, view }: Awaited<ReturnType<typeof begin>>, action: WorkloadAction) => {
  const plan = workloadsOf(session).plan(asked(await view(), action), signal);
  return plan.then(
    () => '',
    (error: unknown) => String(error),
  );
};

test('a StatefulSet is scaled, restarted one by one and rolled back, and each is taken back', async () => {
  await using at = await begin('StatefulSet', 2);
  const { session, view, read } = at;
  expect((await view()).ref.kind).toBe('StatefulSet');
  const before = lasting(await read());
  const scale = await does(session, await view(), { verb: 'scale', replicas: 3 });
  expect(scale.proof?.detail).toBe('store: 3 of 3 updated and available');
  expect(namesOf(await poll(view, ({ instances }) => instances.length === 3))).toEqual([
    'store-0',
    'store-1',
    'store-2',
  ]);
  await scale.back();
  await poll(view, ({ instances }) => instances.length === 2);
  expect(lasting(await read())).toEqual(before);
  await restartsAndRollsBack(at, 2);
  expect(await refusalOf(at, { verb: 'pause' })).toContain('Only Deployments can be paused');
  expect(await refusalOf(at, { verb: 'resume' })).toContain('Only Deployments can be paused');
}, 120_000);

test('a DaemonSet is restarted and rolled back, each is taken back, and it has no number to set', async () => {
  await using at = await begin('DaemonSet', 1);
  expect(await at.view()).toMatchObject({ ref: { kind: 'DaemonSet' }, replicas: null, readyReplicas: 1 });
  await restartsAndRollsBack(at, 1);
  expect(await refusalOf(at, { verb: 'scale', replicas: 2 })).toContain('there is no number to set');
  expect(await refusalOf(at, { verb: 'pause' })).toContain('Only Deployments can be paused');
}, 120_000);

test('a StatefulSet whose pods somebody has to delete says so before, and waits after', async () => {
  await using at = await begin('StatefulSet', 1, { type: 'OnDelete' });
  const { session, view, cluster } = at;
  const control = workloadsOf(session);
  const plan = await control.plan(asked(await view(), { verb: 'restart' }), signal);
  expect(plan.guards.find(({ id }) => id === 'strategy')).toMatchObject({
    verdict: 'tick',
    title: 'StatefulSet store has the strategy OnDelete',
  });
  await control.apply(plan, signal);
  const waiting = await poll(
    async () => session.proof?.loaded(plan.expectation, 0, signal),
    (one) => /somebody deletes them/.test(one?.detail ?? ''),
  );
  expect(waiting?.state).toBe('waiting');
  await cluster.call('DELETE', `${appPaths(cluster.namespace).pods}/store-0`);
  await proven(session, plan.expectation, 'seen');
}, 120_000);

test('an instance of a StatefulSet is taken out of the traffic under its own name, and put back', async () => {
  await using at = await begin('StatefulSet', 2);
  const { session, view } = at;
  const control = workloadsOf(session);
  const first = await view();
  const drain = asked(first, { verb: 'drain', instance: 'store-1' });
  const plan = await control.plan(drain, signal);
  expect(guardsOf(plan)).toMatchObject({ identity: 'tick' });
  await control.apply(plan, signal);
  await proven(session, plan.expectation, 'seen');
  const out = await poll(view, ({ instances }) => instances.some(({ drained }) => drained !== null));
  expect(uidsOf(out)).toEqual(uidsOf(first));
  const putBack = await control.plan(asked(out, { verb: 'putBack', instance: 'store-1' }), signal);
  await control.apply(putBack, signal);
  await proven(session, putBack.expectation, 'seen');
  const back = await poll(view, ({ instances }) => instances.every(({ drained }) => drained === null));
  expect(uidsOf(back)).toEqual(uidsOf(first));
}, 120_000);

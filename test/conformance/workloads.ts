import { describe, expect, test } from 'vitest';
import type { KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import type { Expectation } from '../../shared/model/change.ts';
import type { ClusterUnderTest } from './cluster.ts';
import {
  appPaths,
  asked,
  atRest,
  createApp,
  isAtRest,
  lasting,
  openKubernetes,
  poll,
  proven,
  readDeployment,
  signal,
  viewOf,
  workloadsOf,
} from './rollouts.ts';
import { changeOf, guardsOf } from './weights.ts';

/** What every control of workloads on a Kubernetes API does, whoever serves it. */
export function workloadsConformance(
  name: string,
  start: () => Promise<ClusterUnderTest>,
  viewer: (cluster: ClusterUnderTest) => KubernetesSettings,
): void {
  describe(`workloads on ${name}`, () => {
    test('shows what runs behind a service, its instances and its recorded templates', async () => {
      await using cluster = await start();
      await createApp(cluster, 'order');
      await using session = await openKubernetes(cluster.settings);
      const view = await viewOf(session, cluster.namespace, 'order');
      expect(view).toMatchObject({
        ref: { kind: 'Deployment', namespace: cluster.namespace, name: 'order' },
        version: 'v1',
        replicas: 2,
        readyReplicas: 2,
        updatedReplicas: 2,
        paused: false,
        rollout: null,
        autoscaler: null,
        revisions: [{ revision: 1, images: ['registry.example.com/order:1'], current: true }],
      });
      expect(view.instances.map(({ ready, drained }) => [ready, drained])).toEqual([
        [true, null],
        [true, null],
      ]);
    });

    test('scales, is proven by the running instances, and goes back', async () => {
      await using cluster = await start();
      await createApp(cluster, 'order');
      await using session = await openKubernetes(cluster.settings);
      const control = workloadsOf(session);
      const operation = asked(await viewOf(session, cluster.namespace, 'order'), {
        verb: 'scale',
        replicas: 3,
      });
      const plan = await control.plan(operation, signal);
      expect(plan.title).toBe('Scale order: 2 → 3');
      expect(new Set(Object.values(guardsOf(plan)))).toEqual(new Set(['pass']));
      const before = lasting(await readDeployment(cluster, 'order'));
      await control.apply(plan, signal);
      expect(await control.verify(changeOf(plan), signal)).toMatchObject({ state: 'after' });
      expect(await proven(session, plan.expectation, 'seen')).toMatchObject({
        detail: 'order: 3 of 3 updated and available',
      });
      const undo = await control.planUndo(operation, plan.changes, signal);
      await control.apply(undo, signal);
      await proven(session, undo.expectation, 'seen');
      expect(lasting(await readDeployment(cluster, 'order'))).toEqual(before);
    });

    test('scaling to none asks for the name, and so does the way back to none', async () => {
      await using cluster = await start();
      await createApp(cluster, 'order', { replicas: 1 });
      await using session = await openKubernetes(cluster.settings);
      const control = workloadsOf(session);
      const down = asked(await viewOf(session, cluster.namespace, 'order'), { verb: 'scale', replicas: 0 });
      const plan = await control.plan(down, signal);
      expect(guardsOf(plan)).toMatchObject({ 'none-left': 'typeName' });
      expect(plan.direction).toBe('towardsHarm');
      await control.apply(plan, signal);
      await proven(session, plan.expectation, 'seen');
      const up = asked(await viewOf(session, cluster.namespace, 'order'), { verb: 'scale', replicas: 1 });
      const plannedUp = await control.plan(up, signal);
      await control.apply(plannedUp, signal);
      await proven(session, plannedUp.expectation, 'seen');
      const undo = await control.planUndo(up, plannedUp.changes, signal);
      expect(guardsOf(undo)).toMatchObject({ 'none-left': 'typeName' });
    });

    test('an autoscaler that decides the replicas is named, with what it will do', async () => {
      await using cluster = await start();
      await createApp(cluster, 'order');
      await cluster.call('POST', appPaths(cluster.namespace).autoscalers, {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'order', namespace: cluster.namespace },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'order' },
          minReplicas: 2,
          maxReplicas: 6,
        },
      });
      await using session = await openKubernetes(cluster.settings);
      const view = await viewOf(session, cluster.namespace, 'order');
      expect(view.autoscaler).toEqual({ name: 'order', min: 2, max: 6 });
      const plan = await workloadsOf(session).plan(asked(view, { verb: 'scale', replicas: 3 }), signal);
      const guard = plan.guards.find(({ id }) => id === 'autoscaler');
      expect(guard).toMatchObject({
        verdict: 'tick',
        title: 'Autoscaler order decides the replicas of order (2 to 6)',
      });
      expect(guard?.detail).toMatch(/The autoscaler will set it back to/);
    });

    test('restarts by replacing every instance, and says so until it is done', async () => {
      await using cluster = await start();
      await createApp(cluster, 'order');
      await using session = await openKubernetes(cluster.settings);
      const control = workloadsOf(session);
      const view = await viewOf(session, cluster.namespace, 'order');
      const before = lasting(await readDeployment(cluster, 'order'));
      const operation = asked(view, { verb: 'restart' });
      const plan = await control.plan(operation, signal);
      expect(plan.notes.join(' ')).toMatch(/2 instances are replaced step by step/);
      await control.apply(plan, signal);
      const early = await session.proof?.loaded(plan.expectation, 0, signal);
      // Real controllers may be done by then; where they are not even now, they were not when it was asked.
      if (!isAtRest(await readDeployment(cluster, 'order'))) expect(early?.state).toBe('waiting');
      await proven(session, plan.expectation, 'seen');
      const after = await viewOf(session, cluster.namespace, 'order');
      const old = new Set(view.instances.map(({ uid }) => uid));
      await poll(
        async () => (await viewOf(session, cluster.namespace, 'order')).instances,
        (instances) => instances.length === 2 && instances.every(({ uid }) => !old.has(uid)),
      );
      expect(after.revisions.map(({ revision, current }) => [revision, current])).toEqual([
        [2, true],
        [1, false],
      ]);
      const undo = await control.planUndo(operation, plan.changes, signal);
      await control.apply(undo, signal);
      await proven(session, undo.expectation, 'seen');
      expect(lasting(await readDeployment(cluster, 'order'))).toEqual(before);
    });

    test('pauses and resumes; what would be replaced waits, and that is said', async () => {
      await using cluster = await start();
      await createApp(cluster, 'order');
      await using session = await openKubernetes(cluster.settings);
      const control = workloadsOf(session);
      const view = () => viewOf(session, cluster.namespace, 'order');
      const pause = await control.plan(asked(await view(), { verb: 'pause' }), signal);
      await control.apply(pause, signal);
      expect((await view()).paused).toBe(true);
      expect(await control.verify(changeOf(pause), signal)).toMatchObject({ state: 'after' });
      const restart = await control.plan(asked(await view(), { verb: 'restart' }), signal);
      expect(guardsOf(restart)).toMatchObject({ paused: 'block' });
      await expect(control.plan(asked(await view(), { verb: 'pause' }), signal)).rejects.toThrow(
        /paused already/,
      );
      const resume = await control.plan(asked(await view(), { verb: 'resume' }), signal);
      await control.apply(resume, signal);
      expect(await control.verify(changeOf(resume), signal)).toMatchObject({ state: 'after' });
      expect((await view()).paused).toBe(false);
      const back = await control.planUndo(asked(await view(), { verb: 'resume' }), resume.changes, signal);
      await control.apply(back, signal);
      expect((await view()).paused).toBe(true);
    });

    test('tells what two recorded revisions run, and which is recorded no longer', async () => {
      await using cluster = await start();
      await createApp(cluster, 'order');
      const containers = [
        { name: 'app', image: 'registry.example.com/order:2', env: [{ name: 'A', value: '1' }] },
      ];
      await cluster.call('PATCH', `${appPaths(cluster.namespace).deployments}/order`, {
        spec: { template: { spec: { containers } } },
      });
      await atRest(cluster, 'order');
      await using session = await openKubernetes(cluster.settings);
      const { ref } = await viewOf(session, cluster.namespace, 'order');
      const both = await session.objects?.templates(ref, { from: 1, to: 2 }, signal);
      expect(both?.from).toContain('image: registry.example.com/order:1');
      expect(both?.to).toContain('image: registry.example.com/order:2');
      expect(both?.to).toContain('name: A');
      expect(`${both?.from}${both?.to}`).not.toContain('pod-template-hash');
      expect(await session.objects?.templates(ref, { from: 7, to: 2 }, signal)).toMatchObject({
        from: null,
      });
    });

    test('rolls back to the template of a revision, and forward again', async () => {
      await using cluster = await start();
      await createApp(cluster, 'order');
      const path = `${appPaths(cluster.namespace).deployments}/order`;
      const template = (image: string) => ({
        spec: {
          template: { spec: { containers: [{ name: 'app', image, env: [{ name: 'A', value: '1' }] }] } },
        },
      });
      await cluster.call('PATCH', path, template('registry.example.com/order:2'));
      const second = lasting(await atRest(cluster, 'order'));
      await using session = await openKubernetes(cluster.settings);
      const control = workloadsOf(session);
      const operation = asked(await viewOf(session, cluster.namespace, 'order'), {
        verb: 'rollBack',
        revision: 1,
      });
      const plan = await control.plan(operation, signal);
      expect(plan.title).toBe('Roll order back to revision 1');
      expect(plan.notes[0]).toContain('with registry.example.com/order:1');
      await control.apply(plan, signal);
      await proven(session, plan.expectation, 'seen');
      const text = JSON.stringify((await readDeployment(cluster, 'order')).spec);
      expect(text).toContain('registry.example.com/order:1');
      expect(text).not.toContain('pod-template-hash');
      // The first template is the newest revision now: no set of its own was made for it.
      const { revisions } = await viewOf(session, cluster.namespace, 'order');
      expect(revisions.map(({ revision, images }) => [revision, images[0]])).toEqual([
        [3, 'registry.example.com/order:1'],
        [2, 'registry.example.com/order:2'],
      ]);
      await expect(control.plan(operation, signal)).rejects.toThrow(/no revision 1 any more; there are 3, 2/);
      const undo = await control.planUndo(operation, plan.changes, signal);
      await control.apply(undo, signal);
      await proven(session, undo.expectation, 'seen');
      expect(lasting(await readDeployment(cluster, 'order'))).toEqual(second);
    });

    test('takes one instance out of the traffic, has another in its place, and puts it back', async () => {
      await using cluster = await start();
      await createApp(cluster, 'order');
      await using session = await openKubernetes(cluster.settings);
      const control = workloadsOf(session);
      const view = () => viewOf(session, cluster.namespace, 'order');
      const first = await view();
      const instance = first.instances[0]?.name ?? '';
      const drain = await control.plan(asked(first, { verb: 'drain', instance }), signal);
      expect(drain.notes.join(' ')).toMatch(/ReplicaSet lets it go and puts another in its place/);
      expect(new Set(Object.values(guardsOf(drain)))).toEqual(new Set(['pass']));
      await control.apply(drain, signal);
      await proven(session, drain.expectation, 'seen');
      const out = await poll(view, ({ instances }) => instances.filter(({ ready }) => ready).length === 3);
      const taken = out.instances.find(({ name }) => name === instance);
      expect(taken?.drained?.by).toBeTruthy();
      expect(taken?.drained?.at).toBeGreaterThan(Date.now() - 60_000);
      expect(await control.verify(changeOf(drain), signal)).toMatchObject({ state: 'after' });

      const putBack = await control.plan(asked(out, { verb: 'putBack', instance }), signal);
      expect(putBack.notes.join(' ')).toMatch(/one instance too many/);
      await control.apply(putBack, signal);
      await poll(
        async () => (await view()).instances,
        (instances) =>
          instances.length === 2 && instances.every(({ drained, ready }) => drained === null && ready),
      );
    });

    test('the way back of taking an instance out is the labels it had', async () => {
      await using cluster = await start();
      await createApp(cluster, 'order');
      await using session = await openKubernetes(cluster.settings);
      const control = workloadsOf(session);
      const view = await viewOf(session, cluster.namespace, 'order');
      const instance = view.instances[0]?.name ?? '';
      const operation = asked(view, { verb: 'drain', instance });
      const plan = await control.plan(operation, signal);
      const read = async () =>
        (
          (await cluster.call('GET', `${appPaths(cluster.namespace).pods}/${instance}`)) as {
            readonly metadata: { readonly labels: unknown; readonly annotations?: unknown };
          }
        ).metadata;
      const before = await read();
      await control.apply(plan, signal);
      await proven(session, plan.expectation, 'seen');
      const undo = await control.planUndo(operation, plan.changes, signal);
      const [change] = undo.changes;
      expect(change?.after).toContain('app: order\n');
      expect(change?.after).not.toContain('podium.dev/drained');
      await control.apply(undo, signal);
      // It may be the one that its ReplicaSet then removes.
      const after = await read().catch(() => before);
      expect(after.labels).toEqual(before.labels);
    });

    test('a rollout that is stuck contradicts what was expected, says why, and its way back is offered', async () => {
      await using cluster = await start();
      await createApp(cluster, 'order', { spec: { progressDeadlineSeconds: 8 } });
      await using session = await openKubernetes(cluster.settings);
      const control = workloadsOf(session);
      // kwok starts no pod of a node that it does not know; the simulated kubelet none whose ConfigMap is missing.
      const envFrom = [{ configMapRef: { name: 'missing' } }];
      const container = { name: 'app', image: 'registry.example.com/order:2', envFrom };
      await cluster.call('PATCH', `${appPaths(cluster.namespace).deployments}/order`, {
        spec: { template: { spec: { nodeName: 'no-such-node', containers: [container] } } },
      });
      const view = await viewOf(session, cluster.namespace, 'order');
      const expectation: Expectation = { kind: 'rollout', host: null, workloads: [view.ref], instance: null };
      const proof = await proven(session, expectation, 'contradicted');
      expect(proof?.detail).toMatch(/^order: .*no progress within the deadline/);
      expect((await viewOf(session, cluster.namespace, 'order')).rollout).toMatchObject({ state: 'stuck' });
      const back = await control.plan(asked(view, { verb: 'rollBack', revision: 0 }), signal);
      await control.apply(back, signal);
      await proven(session, back.expectation, 'seen');
    });

    test('a plan outlives what controllers note, and not another’s change of the template', async () => {
      await using cluster = await start();
      await createApp(cluster, 'order');
      await using session = await openKubernetes(cluster.settings);
      const control = workloadsOf(session);
      const path = `${appPaths(cluster.namespace).deployments}/order`;
      const plan = async () =>
        control.plan(asked(await viewOf(session, cluster.namespace, 'order'), { verb: 'restart' }), signal);
      const noted = await plan();
      await cluster.call('PATCH', path, {
        metadata: { labels: { note: 'by-a-controller' } },
      });
      await control.apply(noted, signal);
      const overtaken = await plan();
      await cluster.call('PATCH', path, { spec: { minReadySeconds: 1 } });
      await expect(control.apply(overtaken, signal)).rejects.toMatchObject({ kind: 'conflict' });
      await expect(
        control.plan(
          {
            ...asked(await viewOf(session, cluster.namespace, 'order'), { verb: 'restart' }),
            workload: {
              kind: 'Deployment',
              namespace: cluster.namespace,
              name: 'order',
              uid: 'of-another-life',
            },
          },
          signal,
        ),
      ).rejects.toMatchObject({ kind: 'conflict' });
    });

    test('who may only read is told what is missing before anything is sent', async () => {
      await using cluster = await start();
      await createApp(cluster, 'order');
      await using session = await openKubernetes(viewer(cluster));
      const view = await viewOf(session, cluster.namespace, 'order');
      const before = await readDeployment(cluster, 'order');
      const plan = await workloadsOf(session).plan(asked(view, { verb: 'restart' }), signal);
      expect(plan.guards.find(({ id }) => id === 'access')).toMatchObject({
        verdict: 'block',
        detail: 'Ask for the verb “patch” on deployments.apps.',
      });
      expect(
        session.permissions.find(({ verb, resource }) => verb === 'patch' && resource === 'deployments.apps')
          ?.allowed,
      ).toBe(false);
      expect((await readDeployment(cluster, 'order')).spec).toEqual(before.spec);
    });
  });
}

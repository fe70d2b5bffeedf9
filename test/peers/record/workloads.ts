import type { PeersCoordinates } from '../coordinates.ts';
import { waitFor } from '../start/processes.ts';
import { userOf } from './askers.ts';
import { type Asker, ask, type Recorder } from './recorder.ts';

const mergePatch = { 'content-type': 'application/merge-patch+json' };
const strategicMerge = { 'content-type': 'application/strategic-merge-patch+json' };
const apps = '/apis/apps/v1/namespaces/shop';
const deployment = `${apps}/deployments/refunds`;
const pods = '/api/v1/namespaces/shop/pods';

interface Listed {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

interface Deployed {
  readonly metadata: { readonly generation: number };
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly replicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly reason: string }[];
  };
}

/** Deployments and pods: what the server refuses, and what the real controllers make of what it accepts. */
export async function recordWorkloads(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  const admin = userOf(peers, 'admin');
  await recordRefusals(recorder, admin);
  await recordRollouts(recorder, admin);
  await recordAutoscaler(recorder, admin);
}

async function recordRefusals(recorder: Recorder, admin: Asker): Promise<void> {
  const patch = (
    name: string,
    body: unknown,
    query = '',
    headers: Readonly<Record<string, string>> = mergePatch,
  ) => recorder.record(name, admin, { method: 'PATCH', path: `${deployment}${query}`, headers, body });
  await patch('deployment-replicas-negative', { spec: { replicas: -1 } });
  await patch('deployment-selector-changed', { spec: { selector: { matchLabels: { tier: 'x' } } } });
  await patch('deployment-labels-mismatch', {
    spec: { template: { metadata: { labels: { app: 'other' } } } },
  });
  await patch('deployment-unknown-field-strict', { spec: { replcas: 2 } }, '?fieldValidation=Strict');
  await patch('deployment-wrong-type', { spec: { replicas: 'two' } });
  await patch(
    'deployment-strategic-dry-run',
    {
      spec: {
        template: { spec: { containers: [{ name: 'refunds', env: [{ name: 'LEVEL', value: 'debug' }] }] } },
      },
    },
    '?dryRun=All&fieldManager=podium',
    strategicMerge,
  );
}

async function recordRollouts(recorder: Recorder, admin: Asker): Promise<void> {
  const keep = async (state: string): Promise<void> => {
    await recorder.record(`rollout-${state}`, admin, { path: deployment });
    await recorder.record(`rollout-${state}-sets`, admin, {
      path: `${apps}/replicasets?labelSelector=app%3Drefunds`,
    });
  };
  const change = (body: unknown) =>
    ask(admin, { method: 'PATCH', path: deployment, headers: mergePatch, body });
  const restartedAt = (at: string) =>
    change({
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at } } } },
    });
  const read = async () => JSON.parse((await ask(admin, { path: deployment })).text) as Deployed;
  const until = (what: string, holds: (found: Deployed) => boolean) =>
    waitFor(what, { limitMs: 60_000 }, async () => holds(await read()));
  const rolledOut = (found: Deployed): boolean =>
    found.status.observedGeneration === found.metadata.generation &&
    found.status.updatedReplicas === found.spec.replicas &&
    found.status.replicas === found.spec.replicas &&
    found.status.availableReplicas === found.spec.replicas;
  const because = (reason: string) => (found: Deployed) =>
    found.status.conditions?.some((one) => one.reason === reason) === true;
  const names = async (selector: string) =>
    (
      JSON.parse(
        (await ask(admin, { path: `${pods}?labelSelector=${encodeURIComponent(selector)}` })).text,
      ) as Listed
    ).items.map(({ metadata }) => metadata.name);

  await change({ spec: { replicas: 4 } });
  await until('four instances', rolledOut);
  await keep('scaled');
  await restartedAt('2026-11-22T08:00:00Z');
  await until('the restart', rolledOut);
  await keep('restarted');
  await change({ spec: { paused: true } });
  await until('the pause', because('DeploymentPaused'));
  await keep('paused');
  await change({ spec: { paused: null } });
  await until('the end of the pause', because('NewReplicaSetAvailable'));
  await change({ spec: { template: { metadata: { annotations: null } } } });
  await until('the way back', rolledOut);
  await keep('rolled-back');
  // Without a node nothing runs it: there is no scheduler here.
  await change({ spec: { progressDeadlineSeconds: 5, template: { spec: { nodeName: null } } } });
  await until('the deadline', because('ProgressDeadlineExceeded'));
  await keep('stuck');
  await change({ spec: { progressDeadlineSeconds: 600, template: { spec: { nodeName: 'n1' } } } });
  await until('the way back from there', rolledOut);

  const [first = ''] = await names('app=refunds');
  const pod = (name: string, path: string, method: string, body?: unknown) =>
    recorder.record(name, admin, {
      method,
      path: `${pods}/${path}`,
      ...(method === 'PATCH' ? { headers: mergePatch } : {}),
      ...(body === undefined ? {} : { body }),
    });
  await pod('pod-image-and-node', first, 'PATCH', { spec: { nodeName: 'n2' } });
  await pod('pod-drained', first, 'PATCH', { metadata: { labels: { app: 'refunds-drained' } } });
  await waitFor(
    'one in its place',
    { limitMs: 60_000 },
    async () => (await names('app=refunds')).length === 4,
  );
  await until('all well', rolledOut);
  await pod('pod-orphaned', first, 'GET');
  await ask(admin, {
    method: 'PATCH',
    path: `${pods}/${first}`,
    headers: mergePatch,
    body: { metadata: { labels: { app: 'refunds' } } },
  });
  await until('one less', (found) => rolledOut(found) && found.status.replicas === 4);
  await waitFor('four again', { limitMs: 60_000 }, async () => (await names('app=refunds')).length === 4);
  const [any = ''] = await names('app=refunds');
  await pod('pod-deleted', any, 'DELETE');
  await change({ spec: { replicas: 1 } });
}

async function recordAutoscaler(recorder: Recorder, admin: Asker): Promise<void> {
  const path = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
  await recorder.record('autoscaler-create', admin, {
    method: 'POST',
    path: `${path}?dryRun=All`,
    body: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'refunds' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'refunds' },
        minReplicas: 2,
        maxReplicas: 6,
      },
    },
  });
  await recorder.record('apis-autoscaling-v2', admin, { path: '/apis/autoscaling/v2' });
}

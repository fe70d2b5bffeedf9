import { timeOf } from '../fleet/time.ts';
import type { KubeObject } from '../kube/store.ts';
import { fieldsAt, listAt, numberOf, textOf, type Fields } from '../traffic/reading.ts';
import { type Cluster, writeStatus } from './cluster.ts';
import { revisionOf, type Revisions } from './revisions.ts';
import type { Wanted } from './rollout.ts';

/** What just happened to a Deployment, where that is more than a count. */
export type Progress = 'created' | 'paused' | null;

interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** Counts, conditions and the revision of a Deployment. Says whether its rollout is complete. */
export function writeDeploymentStatus(
  cluster: Cluster,
  { metadata }: KubeObject,
  found: Revisions,
  wanted: Wanted,
  happened: Progress,
): boolean {
  const deployment = cluster.store.get('deployments', metadata.namespace ?? null, metadata.name);
  if (deployment === undefined) return false;
  const { newest, old } = found;
  const all = [...old, ...(newest === null ? [] : [newest])];
  const counts = {
    replicas: total(all, 'replicas'),
    updatedReplicas: newest === null ? 0 : total([newest], 'replicas'),
    readyReplicas: total(all, 'readyReplicas'),
    availableReplicas: total(all, 'availableReplicas'),
    terminatingReplicas: total(all, 'terminatingReplicas'),
  };
  const before = fieldsAt(deployment, 'status');
  const complete =
    counts.updatedReplicas === wanted.replicas &&
    counts.replicas === wanted.replicas &&
    counts.availableReplicas === wanted.replicas;
  const moved = (['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const).some(
    (field) => counts[field] > (numberOf(before[field]) ?? 0),
  );
  const shrunk =
    counts.replicas - counts.updatedReplicas <
    (numberOf(before['replicas']) ?? 0) - (numberOf(before['updatedReplicas']) ?? 0);
  const conditions = withCondition(
    conditionsOf(before),
    availableOf(counts.availableReplicas, wanted),
    cluster.now(),
  );
  const progress = progressOf(cluster, deployment, {
    newest,
    wanted,
    happened,
    complete,
    settled: counts.replicas === counts.updatedReplicas,
    moved: moved || shrunk,
    known: conditionsOf(before).find(({ type }) => type === 'Progressing'),
  });
  const unavailable = Math.max(
    0,
    counts.replicas - counts.availableReplicas,
    wanted.replicas - counts.availableReplicas,
  );
  writeStatus(
    cluster,
    deployment,
    {
      observedGeneration: deployment.metadata.generation ?? 1,
      ...Object.fromEntries(
        Object.entries(counts).filter(([field, count]) => count > 0 || field === 'terminatingReplicas'),
      ),
      ...(unavailable > 0 ? { unavailableReplicas: unavailable } : {}),
      conditions:
        progress === null ? conditions : withCondition(conditions, progress, cluster.now(), moved || shrunk),
    },
    newest === null
      ? undefined
      : {
          ...deployment.metadata.annotations,
          'deployment.kubernetes.io/revision': String(revisionOf(newest)),
        },
  );
  return complete;
}

const availableOf = (available: number, wanted: Wanted): Condition =>
  available >= wanted.replicas - wanted.maxUnavailable
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };

/** How the rollout goes on; null where nothing is to be said anew. */
function progressOf(
  cluster: Cluster,
  deployment: KubeObject,
  at: {
    readonly newest: KubeObject | null;
    readonly wanted: Wanted;
    readonly happened: Progress;
    readonly complete: boolean;
    readonly settled: boolean;
    readonly moved: boolean;
    readonly known: Fields | undefined;
  },
): Condition | null {
  const { newest, wanted, known } = at;
  const say = (status: Condition['status'], reason: string, message: string): Condition => ({
    type: 'Progressing',
    status,
    reason,
    message,
  });
  const reason = textOf(known?.['reason']);
  if (wanted.deadlineMs === null) return null;
  if (at.happened === 'paused')
    return reason === 'DeploymentPaused' ? null : say('Unknown', 'DeploymentPaused', 'Deployment is paused');
  const name = `ReplicaSet "${newest?.metadata.name ?? ''}"`;
  if (at.complete)
    return reason === 'NewReplicaSetAvailable' && textOf(known?.['message'])?.includes(name) === true
      ? null
      : say('True', 'NewReplicaSetAvailable', `${name} has successfully progressed.`);
  if (at.happened === 'created')
    return say('True', 'NewReplicaSetCreated', `Created new replica set "${newest?.metadata.name ?? ''}"`);
  if (reason === 'DeploymentPaused') return say('Unknown', 'DeploymentResumed', 'Deployment is resumed');
  // Once complete, losing or adding instances of the same revision is no rollout.
  if (reason === 'NewReplicaSetAvailable' && at.settled) return null;
  if (at.moved || reason === null) return say('True', 'ReplicaSetUpdated', `${name} is progressing.`);
  if (reason === 'NewReplicaSetAvailable') return null;
  if (reason === 'ProgressDeadlineExceeded') return null;
  const lastAt = Date.parse(textOf(known?.['lastUpdateTime']) ?? '');
  if (!Number.isFinite(lastAt)) return null;
  // The time is kept in whole seconds, so a second is added before it counts as late.
  const dueAt = lastAt + wanted.deadlineMs + 1000;
  if (cluster.now() < dueAt) {
    cluster.lookAgain(deployment, dueAt);
    return null;
  }
  return say('False', 'ProgressDeadlineExceeded', `${name} has timed out progressing.`);
}

/** The conditions with this one in place; it keeps its times where it says nothing new. */
function withCondition(
  conditions: readonly Fields[],
  next: Condition,
  nowMs: number,
  touched = false,
): readonly Fields[] {
  const known = conditions.find(({ type }) => type === next.type);
  if (
    known?.['status'] === next.status &&
    known['reason'] === next.reason &&
    known['message'] === next.message &&
    !touched
  )
    return conditions;
  const { type, status, reason, message } = next;
  const changed = known?.['status'] !== status;
  const written = {
    type,
    status,
    lastUpdateTime: timeOf(nowMs),
    lastTransitionTime: changed ? timeOf(nowMs) : (known['lastTransitionTime'] ?? timeOf(nowMs)),
    reason,
    message,
  };
  return known === undefined
    ? [...conditions, written]
    : conditions.map((one) => (one === known ? written : one));
}

const conditionsOf = (status: Fields): readonly Fields[] =>
  listAt(status, 'conditions').map((one) => fieldsAt(one));

const total = (sets: readonly KubeObject[], field: string): number =>
  sets.reduce((sum, set) => sum + (numberOf(fieldsAt(set, 'status')[field]) ?? 0), 0);

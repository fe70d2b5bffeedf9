import { at, type KubeObject, listAt, numberAt, textAt } from '../../kube/objects.ts';
import { replicasOf } from './kinds.ts';

/** How far a workload is with running what is asked for. */
export interface Rollout {
  readonly state: 'done' | 'moving' | 'paused' | 'stuck';
  /** "2 of 4 updated". */
  readonly text: string;
}

/** Judges by the controller's own status, which counts only once it has seen the newest specification. */
export function rolloutOf(workload: KubeObject): Rollout {
  const generation = numberAt(workload, 'metadata', 'generation');
  const observed = numberAt(workload, 'status', 'observedGeneration');
  if (observed === null || (generation !== null && observed < generation))
    return { state: 'moving', text: 'its controller has not taken it up yet' };
  switch (workload.kind) {
    case 'DaemonSet':
      return daemonSet(workload);
    case 'StatefulSet':
      return statefulSet(workload);
    default:
      return deployment(workload);
  }
}

/** A count of the status; the API server leaves out zero. */
const count = (workload: KubeObject, field: string): number => numberAt(workload, 'status', field) ?? 0;

function deployment(workload: KubeObject): Rollout {
  const wanted = replicasOf(workload) ?? 0;
  const progressing = listAt(workload, 'status', 'conditions').find(
    (one) => textAt(one, 'type') === 'Progressing',
  );
  const moving = missing({
    wanted,
    due: wanted,
    updated: count(workload, 'updatedReplicas'),
    existing: count(workload, 'replicas'),
    available: count(workload, 'availableReplicas'),
  });
  if (moving === null) return done(wanted);
  if (textAt(progressing, 'reason') === 'ProgressDeadlineExceeded')
    return {
      state: 'stuck',
      text: `${moving}, and no progress within the deadline${refusedPods(workload)}`,
    };
  if (isPaused(workload)) return { state: 'paused', text: `paused: ${moving}` };
  return { state: 'moving', text: `${moving}${refusedPods(workload)}` };
}

/** Why no more pods are made: a quota, a webhook, a missing account. */
function refusedPods(workload: KubeObject): string {
  const failure = listAt(workload, 'status', 'conditions').find(
    (one) => textAt(one, 'type') === 'ReplicaFailure' && textAt(one, 'status') === 'True',
  );
  const message = textAt(failure, 'message');
  return message === null ? '' : `; no more pods can be made: ${message.slice(0, 300)}`;
}

function statefulSet(workload: KubeObject): Rollout {
  const wanted = replicasOf(workload) ?? 0;
  const updated = count(workload, 'updatedReplicas');
  const partition = numberAt(workload, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const current = textAt(workload, 'status', 'currentRevision');
  const update = textAt(workload, 'status', 'updateRevision');
  const changed = current !== update;
  const due = changed ? Math.max(0, wanted - partition) : wanted;
  const moving = missing({
    wanted,
    due,
    // At rest all are of the current revision, and the count of updated ones may be left out.
    updated: changed ? updated : Math.max(updated, count(workload, 'currentReplicas')),
    existing: count(workload, 'replicas'),
    available: numberAt(workload, 'status', 'availableReplicas') ?? count(workload, 'readyReplicas'),
  });
  if (moving === null) {
    const kept = wanted - due;
    return kept === 0
      ? done(wanted)
      : { state: 'done', text: `${due} of ${wanted} updated; the partition keeps ${kept} as they were` };
  }
  if (changed && textAt(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete')
    return {
      state: 'paused',
      text: `${moving}; its pods are replaced only when somebody deletes them (OnDelete)`,
    };
  return { state: 'moving', text: moving };
}

function daemonSet(workload: KubeObject): Rollout {
  const wanted = count(workload, 'desiredNumberScheduled');
  const moving = missing({
    wanted,
    due: wanted,
    updated: count(workload, 'updatedNumberScheduled'),
    existing: wanted,
    available: count(workload, 'numberAvailable'),
  });
  if (moving === null) return done(wanted);
  if (textAt(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete')
    return {
      state: 'paused',
      text: `${moving}; its pods are replaced only when somebody deletes them (OnDelete)`,
    };
  return { state: 'moving', text: moving };
}

/** What is still missing, in words; null when nothing is. `due` are to run the newest template, `wanted` in all. */
function missing(counts: {
  readonly wanted: number;
  readonly due: number;
  readonly updated: number;
  readonly existing: number;
  readonly available: number;
}): string | null {
  const { wanted, due, updated, existing, available } = counts;
  if (updated < due) return `${updated} of ${due} updated`;
  const left = existing - wanted;
  if (left > 0)
    return `${due} of ${due} updated, ${left} old ${left === 1 ? 'instance' : 'instances'} still there`;
  if (available < wanted) return `${due} of ${due} updated, ${available} of ${wanted} available`;
  return null;
}

const done = (wanted: number): Rollout => ({
  state: 'done',
  text: wanted === 0 ? 'none asked for, none left' : `${wanted} of ${wanted} updated and available`,
});

export const isPaused = (workload: KubeObject): boolean => at(workload, 'spec', 'paused') === true;

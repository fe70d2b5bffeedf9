import type { KubeObject } from '../kube/store.ts';
import { fieldsAt, numberOf } from '../traffic/reading.ts';
import { type Cluster, controllerOf, isLeaving, selectorMatches } from './cluster.ts';
import { type Progress, writeDeploymentStatus } from './deploymentStatus.ts';
import { findNewest, makeRevision, removeOldest, resize, revisionOf, type Revisions } from './revisions.ts';
import { newSetSize, oldSetSizes, scaledSizes, type SetCount, type Wanted, wantedOf } from './rollout.ts';

/** Brings a Deployment's ReplicaSets to what it asks for, one step at a time, as the real controller does. */
export function reconcileDeployment(cluster: Cluster, deployment: KubeObject): void {
  if (isLeaving(deployment)) return;
  const wanted = wantedOf(deployment);
  const found = revisionsOf(cluster, deployment);
  if (wanted.paused || isScaling(found, wanted)) {
    scale(cluster, deployment, found, wanted);
    return finish(cluster, deployment, wanted, wanted.paused ? 'paused' : null);
  }
  const newest = found.newest ?? makeRevision(cluster, deployment, found);
  const progress: Progress = found.newest === null ? 'created' : null;
  markCurrent(cluster, deployment, newest, found);
  if (wanted.recreate) recreate(cluster, deployment, newest, found, wanted);
  else roll(cluster, deployment, newest, found, wanted);
  finish(cluster, deployment, wanted, progress);
}

function finish(cluster: Cluster, deployment: KubeObject, wanted: Wanted, progress: Progress): void {
  const found = revisionsOf(cluster, deployment);
  const complete = writeDeploymentStatus(cluster, deployment, found, wanted, progress);
  if (complete && !wanted.paused) removeOldest(cluster, found, wanted.history);
}

/** The sets that are this Deployment's: the one of the present template, and the others, oldest first. */
export function revisionsOf({ store }: Cluster, deployment: KubeObject): Revisions {
  const selector = fieldsAt(deployment, 'spec', 'selector');
  const sets = store
    .list('replicasets', deployment.metadata.namespace)
    .filter(
      (set) =>
        controllerOf(set)?.uid === deployment.metadata.uid &&
        !isLeaving(set) &&
        selectorMatches(selector, set.metadata.labels ?? {}),
    )
    .toSorted((left, right) => revisionOf(left) - revisionOf(right));
  const newest = findNewest(deployment, sets);
  return { newest, old: sets.filter((set) => set !== newest) };
}

/** A change of `replicas` alone is carried out over all sets at once; the sets remember what was asked when they were last sized. */
function isScaling({ newest, old }: Revisions, wanted: Wanted): boolean {
  return [newest, ...old].some((set) => {
    if (set === null || sizeOf(set) === 0) return false;
    const asked = set.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'];
    return asked !== undefined && Number(asked) !== wanted.replicas;
  });
}

function scale(cluster: Cluster, deployment: KubeObject, found: Revisions, wanted: Wanted): void {
  const { newest, old } = found;
  const active = [...old, ...(newest === null ? [] : [newest])].filter((set) => sizeOf(set) > 0);
  const [only] = active.length > 0 ? active : newest === null ? old.slice(-1) : [newest];
  if (active.length <= 1) {
    if (only !== undefined) resize(cluster, deployment, only, wanted.replicas, wanted);
    return;
  }
  if (newest !== null && sizeOf(newest) >= wanted.replicas && countOf(newest).available >= wanted.replicas) {
    for (const set of old) resize(cluster, deployment, set, 0, wanted);
    return resize(cluster, deployment, newest, wanted.replicas, wanted);
  }
  const sizes = scaledSizes(wanted, active.map(countOf));
  active.forEach((set, index) => resize(cluster, deployment, set, sizes[index] ?? 0, wanted));
}

function roll(
  cluster: Cluster,
  deployment: KubeObject,
  newest: KubeObject,
  { old }: Revisions,
  wanted: Wanted,
): void {
  const size = newSetSize(wanted, countOf(newest), old.map(countOf));
  resize(cluster, deployment, newest, size, wanted);
  // One step at a time: the old sets are looked at when the new one has answered.
  if (size !== sizeOf(newest)) return;
  const sizes = oldSetSizes(wanted, countOf(newest), old.map(countOf));
  old.forEach((set, index) => resize(cluster, deployment, set, sizes[index] ?? 0, wanted));
}

function recreate(
  cluster: Cluster,
  deployment: KubeObject,
  newest: KubeObject,
  { old }: Revisions,
  wanted: Wanted,
): void {
  for (const set of old) resize(cluster, deployment, set, 0, wanted);
  const running = cluster.store
    .list('pods', deployment.metadata.namespace)
    .some((pod) => old.some((set) => controllerOf(pod)?.uid === set.metadata.uid));
  if (!running) resize(cluster, deployment, newest, wanted.replicas, wanted);
}

/** The newest set carries the highest revision: going back to an old template makes that one the newest again. */
function markCurrent(cluster: Cluster, deployment: KubeObject, newest: KubeObject, { old }: Revisions): void {
  const highest = Math.max(0, ...old.map(revisionOf));
  if (revisionOf(newest) > highest) return;
  const current = cluster.store.get('replicasets', newest.metadata.namespace ?? null, newest.metadata.name);
  if (current === undefined) return;
  const before = current.metadata.annotations ?? {};
  const history = [
    before['deployment.kubernetes.io/revision-history'],
    before['deployment.kubernetes.io/revision'],
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(',');
  const annotations = {
    ...before,
    ...causeOf(deployment),
    'deployment.kubernetes.io/revision': String(highest + 1),
    'deployment.kubernetes.io/revision-history': history,
  };
  cluster.store.put({ ...current, metadata: { ...current.metadata, annotations } });
}

const causeOf = (deployment: KubeObject): Record<string, string> => {
  const cause = deployment.metadata.annotations?.['kubernetes.io/change-cause'];
  return cause === undefined ? {} : { 'kubernetes.io/change-cause': cause };
};

const sizeOf = (set: KubeObject): number => numberOf(fieldsAt(set, 'spec')['replicas']) ?? 1;

const countOf = (set: KubeObject): SetCount => ({
  name: set.metadata.name,
  replicas: sizeOf(set),
  available: numberOf(fieldsAt(set, 'status')['availableReplicas']) ?? 0,
});

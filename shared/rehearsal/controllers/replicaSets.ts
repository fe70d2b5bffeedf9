import { markDeleted } from '../kube/termination.ts';
import type { KubeObject } from '../kube/store.ts';
import { fieldsAt, listAt, numberOf } from '../traffic/reading.ts';
import {
  type Cluster,
  controllerManager,
  controllerOf,
  isLeaving,
  ownedBy,
  selectorMatches,
  tell,
  trueSince,
  writeStatus,
} from './cluster.ts';
import { podFromTemplate } from './podTemplate.ts';

/** Keeps as many pods as a ReplicaSet asks for, adopts those that match and nobody owns, lets go those that match no more. */
export function reconcileReplicaSet(cluster: Cluster, set: KubeObject): void {
  if (isLeaving(set)) return;
  const { store } = cluster;
  const selector = fieldsAt(set, 'spec', 'selector');
  const pods: KubeObject[] = [];
  for (const pod of store.list('pods', set.metadata.namespace)) {
    const owner = controllerOf(pod);
    const matches = selectorMatches(selector, pod.metadata.labels ?? {});
    if (owner?.uid === set.metadata.uid) {
      if (matches || isLeaving(pod)) pods.push(pod);
      else store.put(withOwners(pod, ownersBut(pod, set.metadata.uid)), { manager: controllerManager });
    } else if (owner === null && matches && !isLeaving(pod)) {
      pods.push(store.put(withOwners(pod, [...ownersOf(pod), ownedBy(set)]), { manager: controllerManager }));
    }
  }
  const active = pods.filter((pod) => !isLeaving(pod) && !hasEnded(pod));
  const wanted = numberOf(fieldsAt(set, 'spec')['replicas']) ?? 1;
  for (let missing = wanted - active.length; missing > 0; missing -= 1) createPod(cluster, set);
  const surplus = active.toSorted(firstToGo).slice(0, Math.max(0, active.length - wanted));
  for (const pod of surplus) deletePod(cluster, set, pod);
  const staying = active.filter((pod) => !surplus.includes(pod));
  count(cluster, set, staying, pods.filter(isLeaving).length + surplus.length);
}

function createPod(cluster: Cluster, set: KubeObject): void {
  const pod = cluster.store.put(podFromTemplate(cluster, set), { manager: controllerManager });
  tell(cluster, set, {
    type: 'Normal',
    reason: 'SuccessfulCreate',
    message: `Created pod: ${pod.metadata.name}`,
    component: 'replicaset-controller',
  });
}

function deletePod(cluster: Cluster, set: KubeObject, pod: KubeObject): void {
  markDeleted(cluster.store, pod, cluster.now());
  tell(cluster, set, {
    type: 'Normal',
    reason: 'SuccessfulDelete',
    message: `Deleted pod: ${pod.metadata.name}`,
    component: 'replicaset-controller',
  });
}

function count(cluster: Cluster, set: KubeObject, pods: readonly KubeObject[], leaving: number): void {
  const current = cluster.store.get('replicasets', set.metadata.namespace ?? null, set.metadata.name);
  if (current === undefined) return;
  const minReadyMs = (numberOf(fieldsAt(set, 'spec')['minReadySeconds']) ?? 0) * 1000;
  const templateLabels = Object.entries(fieldsAt(set, 'spec', 'template', 'metadata', 'labels'));
  let ready = 0;
  let available = 0;
  for (const pod of pods) {
    const since = trueSince(pod, 'Ready');
    if (since === null) continue;
    ready += 1;
    if (cluster.now() - since >= minReadyMs) available += 1;
    else cluster.lookAgain(current, since + minReadyMs);
  }
  const labelled = pods.filter((pod) =>
    templateLabels.every(([name, value]) => pod.metadata.labels?.[name] === value),
  );
  // What was just created is in the list only at the next look, which its own event brings.
  writeStatus(cluster, current, {
    replicas: Math.max(pods.length, 0),
    ...positive('fullyLabeledReplicas', labelled.length),
    ...positive('readyReplicas', ready),
    ...positive('availableReplicas', available),
    terminatingReplicas: leaving,
    observedGeneration: current.metadata.generation ?? 1,
  });
}

const positive = (field: string, value: number): Record<string, number> =>
  value > 0 ? { [field]: value } : {};

/** Which of too many pods goes first: not ready, cheap to delete, ready for the shortest time, youngest. */
function firstToGo(left: KubeObject, right: KubeObject): number {
  const [leftReady, rightReady] = [trueSince(left, 'Ready'), trueSince(right, 'Ready')];
  if ((leftReady === null) !== (rightReady === null)) return leftReady === null ? -1 : 1;
  return (
    deletionCost(left) - deletionCost(right) ||
    (rightReady ?? 0) - (leftReady ?? 0) ||
    Date.parse(right.metadata.creationTimestamp) - Date.parse(left.metadata.creationTimestamp)
  );
}

const deletionCost = (pod: KubeObject): number =>
  Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0) || 0;

const hasEnded = (pod: KubeObject): boolean => {
  const phase = fieldsAt(pod, 'status')['phase'];
  return phase === 'Succeeded' || phase === 'Failed';
};

const ownersOf = (pod: KubeObject): readonly unknown[] => listAt(pod, 'metadata', 'ownerReferences');
const ownersBut = (pod: KubeObject, uid: string): readonly unknown[] =>
  ownersOf(pod).filter((owner) => fieldsAt(owner)['uid'] !== uid);

function withOwners(pod: KubeObject, owners: readonly unknown[]): KubeObject {
  const { ownerReferences: _old, ...metadata } = pod.metadata;
  return {
    ...pod,
    metadata: {
      ...metadata,
      ...(owners.length > 0 ? { ownerReferences: owners } : {}),
    },
  };
}

import type { InstanceObservation, NamespacedName, WorkloadObservation } from '../../model/topology.ts';
import {
  at,
  type KubeObject,
  listAt,
  mapAt,
  namespaceOf,
  numberAt,
  selects,
  textAt,
  timeAt,
} from '../kube/objects.ts';
import { canonicalServiceOf, controllerOf, imageOf, versionOf } from './identity.ts';

/** Services of one namespace with their selectors. */
export interface Selecting {
  readonly name: string;
  readonly selector: ReadonlyMap<string, string>;
}

/** One Deployment, StatefulSet or DaemonSet with what its pods and its revisions say. */
export function workloadFrom(
  object: KubeObject,
  selecting: readonly Selecting[],
  instances: readonly InstanceObservation[] | null,
  revisions: readonly KubeObject[],
): WorkloadObservation {
  const labels = mapAt(object, 'spec', 'template', 'metadata', 'labels');
  const desired =
    object.kind === 'DaemonSet'
      ? numberAt(object, 'status', 'desiredNumberScheduled')
      : numberAt(object, 'spec', 'replicas');
  return {
    namespace: namespaceOf(object),
    name: object.metadata.name,
    kind: object.kind,
    services: servicesOf(namespaceOf(object), labels, selecting),
    canonicalService: canonicalServiceOf(labels, object.metadata.name),
    version: versionOf(labels),
    labels: Object.fromEntries(labels),
    desiredInstances: desired,
    readyInstances: instances === null ? declaredReady(object) : instances.filter((one) => one.ready).length,
    image: imageOf(at(object, 'spec', 'template', 'spec')),
    deployments: deploymentsOf(object, revisions),
  };
}

/** A workload known only by the pods it made: a Rollout, a bare ReplicaSet, a Job. */
export function workloadOfPods(
  owner: { readonly kind: string; readonly name: string },
  pods: readonly KubeObject[],
  instances: readonly InstanceObservation[],
  selecting: readonly Selecting[],
): WorkloadObservation | null {
  const pod = pods[0];
  if (pod === undefined) return null;
  const labels = mapAt(pod, 'metadata', 'labels');
  return {
    namespace: namespaceOf(pod),
    name: owner.name,
    kind: owner.kind,
    services: servicesOf(namespaceOf(pod), labels, selecting),
    canonicalService: canonicalServiceOf(labels, owner.name),
    version: versionOf(labels),
    labels: Object.fromEntries(labels),
    desiredInstances: null,
    readyInstances: instances.filter((one) => one.ready).length,
    image: imageOf(at(pod, 'spec')),
    deployments: [],
  };
}

const servicesOf = (
  namespace: string,
  labels: ReadonlyMap<string, string>,
  selecting: readonly Selecting[],
): NamespacedName[] =>
  selecting.filter((one) => selects(one.selector, labels)).map((one) => ({ namespace, name: one.name }));

/** The API server leaves a count of zero out of a status that a controller has written. */
function declaredReady(object: KubeObject): number | null {
  const field = object.kind === 'DaemonSet' ? 'numberReady' : 'readyReplicas';
  const said = numberAt(object, 'status', field);
  return said ?? (numberAt(object, 'status', 'observedGeneration') === null ? null : 0);
}

/**
 * When the template changed, from the ReplicaSets that it left behind, oldest first. Going back to an earlier template
 * gives its old ReplicaSet the newest revision number; the only trace of when is then the Deployment's own condition.
 */
function deploymentsOf(
  deployment: KubeObject,
  revisions: readonly KubeObject[],
): WorkloadObservation['deployments'] {
  const known = revisions
    .filter((set) => controllerOf(set)?.uid === deployment.metadata.uid)
    .flatMap((set) => {
      const madeAt = timeAt(set, 'metadata', 'creationTimestamp');
      const revision = textAt(set, 'metadata', 'annotations', 'deployment.kubernetes.io/revision') ?? '';
      if (madeAt === null || revision === '') return [];
      return [{ at: madeAt, revision, image: imageOf(at(set, 'spec', 'template', 'spec')) }];
    })
    .sort((a, b) => Number(a.revision) - Number(b.revision));
  const made: { at: number; revision: string; image: string | null }[] = [];
  known.forEach((one, position) => {
    const later = known.slice(0, position).some((before) => before.at > one.at);
    if (!later) return void made.push(one);
    const progressed = progressedAt(deployment);
    if (position === known.length - 1 && progressed !== null) made.push({ ...one, at: progressed });
  });
  return made;
}

function progressedAt(deployment: KubeObject): number | null {
  const condition = listAt(deployment, 'status', 'conditions').find(
    (one) => textAt(one, 'type') === 'Progressing',
  );
  return timeAt(condition, 'lastUpdateTime');
}

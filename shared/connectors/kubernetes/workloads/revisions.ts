import type { WorkloadRevision } from '../../../model/workload.ts';
import type { KubeClient } from '../../kube/client.ts';
import { annotationsOf, at, type KubeObject, listAt, numberAt, textAt, timeAt } from '../../kube/objects.ts';
import { controllerRevisions, replicaSets } from '../../kube/resources.ts';
import { controllerOf } from '../identity.ts';
import { orNull } from './find.ts';
import { selectorText } from './kinds.ts';

/** One recorded pod template of a workload. */
export interface Recorded extends WorkloadRevision {
  /** The template as it can be written back: without what the controller adds to tell its pods apart. */
  readonly template: unknown;
  readonly uid: string;
  readonly name: string;
}

export const changeCause = 'kubernetes.io/change-cause';
const hashLabel = 'pod-template-hash';

/** The templates that a workload's controller recorded, newest first; null where they may not be read. */
export async function readRevisions(
  client: KubeClient,
  workload: KubeObject,
  signal: AbortSignal,
): Promise<readonly Recorded[] | null> {
  const { namespace = null, uid } = workload.metadata;
  const selector = selectorText(at(workload, 'spec', 'selector'));
  if (selector === null) return [];
  const kind = workload.kind === 'Deployment' ? replicaSets : controllerRevisions;
  const listed = await orNull(client.list(kind, namespace, signal, { labelSelector: selector }), [
    'forbidden',
    'notFound',
  ]);
  if (listed === null) return null;
  const current = textAt(workload, 'metadata', 'annotations', 'deployment.kubernetes.io/revision');
  const update = textAt(workload, 'status', 'updateRevision');
  const recorded = listed
    .filter((one) => controllerOf(one)?.uid === uid)
    .flatMap((one) => {
      const found =
        workload.kind === 'Deployment' ? ofReplicaSet(one, current) : ofControllerRevision(one, update);
      return found === null ? [] : [found];
    })
    .sort((a, b) => b.revision - a.revision);
  // A DaemonSet's status names no revision: the newest is what it brings about.
  return workload.kind === 'DaemonSet'
    ? recorded.map((one, position) => ({ ...one, current: position === 0 }))
    : recorded;
}

function ofReplicaSet(set: KubeObject, current: string | null): Recorded | null {
  const revision = annotationsOf(set).get('deployment.kubernetes.io/revision');
  const template = at(set, 'spec', 'template');
  if (revision === undefined || template === undefined) return null;
  return recordedOf(set, Number(revision), withoutHash(template), revision === current);
}

/** `data` is a patch that replaces the template whole. */
function ofControllerRevision(one: KubeObject, update: string | null): Recorded | null {
  const revision = numberAt(one, 'revision');
  const template = at(one, 'data', 'spec', 'template');
  if (revision === null || typeof template !== 'object' || template === null) return null;
  const { $patch: _, ...plain } = template as Readonly<Record<string, unknown>>;
  return recordedOf(one, revision, plain, one.metadata.name === update);
}

function recordedOf(
  made: KubeObject,
  revision: number,
  template: unknown,
  current: boolean,
): Recorded | null {
  if (!Number.isInteger(revision)) return null;
  return {
    revision,
    at: timeAt(made, 'metadata', 'creationTimestamp'),
    cause: annotationsOf(made).get(changeCause) ?? null,
    images: listAt(template, 'spec', 'containers').flatMap((container) => textAt(container, 'image') ?? []),
    current,
    template,
    uid: made.metadata.uid,
    name: made.metadata.name,
  };
}

function withoutHash(template: unknown): unknown {
  const copy = structuredClone(template);
  const labels = at(copy, 'metadata', 'labels');
  if (typeof labels === 'object' && labels !== null) Reflect.deleteProperty(labels, hashLabel);
  return copy;
}

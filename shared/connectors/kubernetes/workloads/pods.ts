import type { KubeClient } from '../../kube/client.ts';
import { at, type KubeObject, timeAt } from '../../kube/objects.ts';
import { pods, replicaSets } from '../../kube/resources.ts';
import { controllerOf } from '../identity.ts';
import { instanceFrom, type Readiness } from '../instances.ts';
import { orNull } from './find.ts';
import { selectorText } from './kinds.ts';

const noSlices: Readiness = new Map();

/** The pods that a workload made and still has. */
export async function podsOf(
  client: KubeClient,
  workload: KubeObject,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const { namespace = null, uid } = workload.metadata;
  const labelSelector = selectorText(at(workload, 'spec', 'selector'));
  if (labelSelector === null) return [];
  const own = new Set([uid]);
  if (workload.kind === 'Deployment') {
    const sets = await orNull(client.list(replicaSets, namespace, signal, { labelSelector }), ['forbidden']);
    // Where ReplicaSets cannot be read, the selector alone tells: two Deployments may not share pods anyway.
    if (sets === null) return client.list(pods, namespace, signal, { labelSelector });
    for (const set of sets) if (controllerOf(set)?.uid === uid) own.add(set.metadata.uid);
  }
  const all = await client.list(pods, namespace, signal, { labelSelector });
  return all.filter((pod) => own.has(controllerOf(pod)?.uid ?? ''));
}

/** Why the newest pod that does not run does not: "payment-7d9f-x1: ImagePullBackOff: …". Null when all that are there do. */
export function newestTrouble(all: readonly KubeObject[]): string | null {
  const newestFirst = all.toSorted(
    (a, b) =>
      (timeAt(b, 'metadata', 'creationTimestamp') ?? 0) - (timeAt(a, 'metadata', 'creationTimestamp') ?? 0),
  );
  for (const pod of newestFirst) {
    if (at(pod, 'metadata', 'deletionTimestamp') !== undefined) continue;
    const reason = instanceFrom(pod, null, null, noSlices)?.reason ?? null;
    if (reason !== null) return `${pod.metadata.name}: ${reason}`;
  }
  return null;
}

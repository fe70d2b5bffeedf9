import type { KubeObject, ObjectStore } from './store.ts';

/**
 * Deletes a pod as the server does: one that has a node is only marked, and goes when its kubelet says that it has
 * ended; any other goes at once. Gives back the pod as it is now.
 */
export function markDeleted(
  store: ObjectStore,
  pod: KubeObject,
  nowMs: number,
  graceSeconds?: number,
  manager?: string,
): KubeObject {
  const spec = (pod['spec'] ?? {}) as {
    readonly nodeName?: string;
    readonly terminationGracePeriodSeconds?: number;
  };
  const seconds = graceSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
  if (seconds === 0 || spec.nodeName === undefined) {
    store.remove('pods', pod.metadata.namespace ?? null, pod.metadata.name);
    return pod;
  }
  if (pod.metadata['deletionTimestamp'] !== undefined) return pod;
  const at = new Date(nowMs + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const metadata = { ...pod.metadata, deletionTimestamp: at, deletionGracePeriodSeconds: seconds };
  return store.put({ ...pod, metadata }, manager === undefined ? {} : { manager });
}

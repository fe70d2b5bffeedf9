import { at, type KubeObject, labelsOf, listAt, namespaceOf, textAt } from './objects.ts';
import type { ObjectView } from './sharedWatches.ts';

/** Labels that name a workload, in the order in which Istio itself names them. */
export const nameLabels = ['service.istio.io/canonical-name', 'app.kubernetes.io/name', 'app'];

/** What a picture of destinations needs to know of a pod. */
export interface PodFacts {
  readonly labels: ReadonlyMap<string, string>;
  readonly ready: boolean;
}

/** All pods by namespace, ready as the slices say, or by their own word where no slice names them. */
export function podsByNamespace({
  pods,
  slices,
}: {
  readonly pods: ObjectView;
  readonly slices: ObjectView;
}): ReadonlyMap<string, readonly PodFacts[]> {
  const ready = new Map<string, boolean>();
  for (const slice of slices.all()) {
    for (const endpoint of listAt(slice, 'endpoints')) {
      const uid = textAt(endpoint, 'targetRef', 'uid');
      if (uid === null) continue;
      // An absent condition means ready; the same pod may stand in several slices.
      ready.set(uid, at(endpoint, 'conditions', 'ready') !== false || ready.get(uid) === true);
    }
  }
  const found = new Map<string, PodFacts[]>();
  for (const pod of pods.all()) {
    const list = found.get(namespaceOf(pod)) ?? [];
    list.push({ labels: labelsOf(pod), ready: ready.get(pod.metadata.uid) ?? saysReady(pod) });
    found.set(namespaceOf(pod), list);
  }
  return found;
}

const saysReady = (pod: KubeObject): boolean =>
  listAt(pod, 'status', 'conditions').some(
    (one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True',
  );

/** The one version all pods carry; several versions behind one destination have none to show. */
export function versionOfPods(behind: readonly PodFacts[]): string | null {
  const keys = ['service.istio.io/canonical-revision', 'app.kubernetes.io/version', 'version'];
  const versions = new Set(
    behind.map((pod) => keys.map((key) => pod.labels.get(key)).find((one) => one !== undefined)),
  );
  const [only] = versions;
  return versions.size === 1 ? (only ?? null) : null;
}

import type { Caller } from '../../model/change.ts';
import { type KubeObject, labelsOf, mapAt, namespaceOf, selects } from './objects.ts';
import { nameLabels } from './podFacts.ts';
import type { ObjectView } from './sharedWatches.ts';

/** Pods behind one name on the map, and the labels by which a route knows them. */
export interface CallerPods {
  readonly namespace: string | null;
  readonly labels: ReadonlyMap<string, string>;
  readonly pods: readonly KubeObject[];
}

/** The caller's pods: by its Service's selector, else by the label that gave it its name; null where neither leads to pods. */
export function findCaller(
  { pods: all, services }: { readonly pods: ObjectView; readonly services: ObjectView },
  caller: Caller,
): CallerPods | null {
  const { namespace, name } = caller;
  const pods = [...all.all()].filter((pod) => namespace === null || namespaceOf(pod) === namespace);
  const service = namespace === null ? undefined : services.get(namespace, name);
  const selector = service === undefined ? new Map<string, string>() : mapAt(service, 'spec', 'selector');
  const choices = [selector, ...nameLabels.map((label) => new Map([[label, name]]))];
  for (const labels of choices) {
    const found = pods.filter((pod) => selects(labels, labelsOf(pod)));
    if (found.length > 0) return { namespace, labels, pods: found };
  }
  // Without rights to see pods the selector alone has to do.
  return selector.size > 0 && !all.synced ? { namespace, labels: selector, pods: [] } : null;
}

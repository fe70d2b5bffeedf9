import type { WorkloadView } from '../../../model/workload.ts';
import {
  annotationsOf,
  at,
  type KubeObject,
  labelsOf,
  mapAt,
  namespaceOf,
  selects,
  textAt,
  timeAt,
} from '../../kube/objects.ts';
import { controllerOf } from '../identity.ts';
import { selectorNames } from './kinds.ts';

/** On a pod that was taken out of the traffic: who, when, and the labels as they were. */
export const drainedAnnotation = 'podium.dev/drained';
/** The same as a label, so that such pods can be listed. */
export const drainedLabel = 'podium.dev/drained';

/** What the annotation holds. */
export interface Drained {
  readonly by: string | null;
  readonly at: number | null;
  readonly before: ReadonlyMap<string, string>;
  readonly workload: string | null;
}

/** What a pod says of having been taken out of the traffic; null where it says nothing, or nonsense. */
export function drainedOf(pod: KubeObject): Drained | null {
  const text = annotationsOf(pod).get(drainedAnnotation);
  if (text === undefined) return null;
  try {
    const read: unknown = JSON.parse(text);
    const before = mapAt(read, 'before');
    if (before.size === 0) return null;
    return { by: textAt(read, 'by'), at: timeAt(read, 'at'), before, workload: textAt(read, 'workload') };
  } catch {
    return null;
  }
}

/** For `WorkloadView.instances`. */
export const drainedView = (pod: KubeObject): WorkloadView['instances'][number]['drained'] => {
  const drained = drainedOf(pod);
  return drained === null ? null : { by: drained.by, at: drained.at };
};

/** Which labels to change so that no Service selects the pod any more. */
export interface Way {
  readonly keys: readonly string[];
  readonly services: readonly string[];
  /** Whether the workload loses the pod with them, and so puts another in its place. */
  readonly released: boolean;
}

/** Null where no Service selects the pod. */
export function wayOut(pod: KubeObject, services: readonly KubeObject[], workload: KubeObject): Way | null {
  const selecting = services.filter(
    (one) => namespaceOf(one) === namespaceOf(pod) && selects(mapAt(one, 'spec', 'selector'), labelsOf(pod)),
  );
  if (selecting.length === 0) return null;
  const selector = at(workload, 'spec', 'selector');
  const keys: string[] = [];
  for (const service of selecting) {
    const own = [...mapAt(service, 'spec', 'selector').keys()];
    if (own.some((key) => keys.includes(key))) continue;
    // A label that the workload asks for too: it then puts another pod in its place, and the capacity stays.
    keys.push(own.find((key) => selectorNames(selector, key)) ?? own[0] ?? '');
  }
  return {
    keys,
    services: selecting.map((one) => one.metadata.name),
    released: keys.some((key) => selectorNames(selector, key)),
  };
}

/** The pod as it is after it was taken out. */
export function takenOut(
  pod: KubeObject,
  { keys }: Way,
  note: { readonly by: string | null; readonly at: number; readonly workload: string },
): KubeObject {
  const labels = labelsOf(pod);
  const before = Object.fromEntries(keys.map((key) => [key, labels.get(key) ?? '']));
  const changed = Object.fromEntries([
    ...labels,
    ...keys.map((key) => [key, drainedValue(labels.get(key) ?? '')] as const),
    [drainedLabel, 'true'],
  ]);
  const marker = JSON.stringify({
    by: note.by,
    at: new Date(note.at).toISOString(),
    before,
    workload: note.workload,
  });
  return withMeta(pod, changed, [...annotationsOf(pod), [drainedAnnotation, marker]]);
}

/** The pod as it was before it was taken out. */
export function putIn(pod: KubeObject, { before }: Drained): KubeObject {
  const labels = [...labelsOf(pod), ...before].filter(([key]) => key !== drainedLabel);
  const annotations = [...annotationsOf(pod)].filter(([key]) => key !== drainedAnnotation);
  return withMeta(pod, Object.fromEntries(labels), annotations);
}

function withMeta(
  pod: KubeObject,
  labels: Readonly<Record<string, string>>,
  annotations: readonly (readonly [string, string])[],
): KubeObject {
  const { annotations: _, ...metadata } = pod.metadata;
  const kept = annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) };
  return { ...pod, metadata: { ...metadata, labels, ...kept } };
}

/** A label's value has at most 63 characters, and begins and ends with a letter or digit. */
const drainedValue = (value: string): string =>
  `${value.slice(0, 54).replace(/[-_.]+$/, '')}-drained`.replace(/^-/, '');

/** The name of the controller that has the pod at present; null once it was let go. */
export const holderOf = (pod: KubeObject): string | null => controllerOf(pod)?.name ?? null;

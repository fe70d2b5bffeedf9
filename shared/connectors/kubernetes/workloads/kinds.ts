import type { WorkloadRef } from '../../../model/workload.ts';
import { PeerError } from '../../kit/peerError.ts';
import { at, type KubeObject, labelsOf, listAt, mapAt, namespaceOf, textAt } from '../../kube/objects.ts';
import { daemonSets, deployments, type Resource, statefulSets } from '../../kube/resources.ts';

export type WorkloadKind = Exclude<WorkloadRef['kind'], 'Application' | 'Rollout' | 'Canary'>;

/** Where each kind of workload is served. */
export const workloadResources: Readonly<Record<WorkloadKind, Resource>> = {
  Deployment: deployments,
  StatefulSet: statefulSets,
  DaemonSet: daemonSets,
};

export const isWorkloadKind = (kind: string): kind is WorkloadKind => Object.hasOwn(workloadResources, kind);

/** Where a workload that an operation names is served. Throws for one of a registry. */
export function resourceOfKind(kind: WorkloadRef['kind']): Resource {
  if (isWorkloadKind(kind)) return workloadResources[kind];
  throw new PeerError('refused', `${kind} is no workload of a cluster.`);
}

/** The reference by which operations name it; null for what is no workload. */
export function workloadRefOf(object: KubeObject): WorkloadRef | null {
  const { kind, metadata } = object;
  if (!isWorkloadKind(kind)) return null;
  return { kind, namespace: namespaceOf(object), name: metadata.name, uid: metadata.uid };
}

/** "Deployment shop/payment". */
export const sayWorkload = ({ kind, namespace, name }: WorkloadRef): string => `${kind} ${namespace}/${name}`;

/** How many instances are asked for; null where nobody asks (a DaemonSet). */
export function replicasOf(object: KubeObject): number | null {
  if (object.kind === 'DaemonSet') return null;
  const said = at(object, 'spec', 'replicas');
  // The API server fills it in; an object that lacks it asks for one.
  return typeof said === 'number' ? said : 1;
}

/** A label selector as a query takes it; null for one that cannot be put so, which then selects nothing here. */
export function selectorText(selector: unknown): string | null {
  const parts = [...mapAt(selector, 'matchLabels')].map(([key, value]) => `${key}=${value}`);
  for (const one of listAt(selector, 'matchExpressions')) {
    const key = textAt(one, 'key');
    const values = listAt(one, 'values').filter((value) => typeof value === 'string');
    if (key === null) return null;
    switch (textAt(one, 'operator')) {
      case 'In':
        parts.push(`${key} in (${values.join(',')})`);
        break;
      case 'NotIn':
        parts.push(`${key} notin (${values.join(',')})`);
        break;
      case 'Exists':
        parts.push(key);
        break;
      case 'DoesNotExist':
        parts.push(`!${key}`);
        break;
      default:
        return null;
    }
  }
  return parts.length === 0 ? null : parts.join(',');
}

/** Whether the selector of a workload asks for this label of its pods. */
export const selectorNames = (selector: unknown, key: string): boolean =>
  mapAt(selector, 'matchLabels').has(key) ||
  listAt(selector, 'matchExpressions').some((one) => textAt(one, 'key') === key);

/** The labels that a workload's pods carry. */
export const podLabelsOf = (workload: KubeObject): ReadonlyMap<string, string> =>
  workload.kind === 'Pod' ? labelsOf(workload) : mapAt(workload, 'spec', 'template', 'metadata', 'labels');

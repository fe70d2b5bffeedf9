import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../kube/store.ts';
import { nameHash } from '../fleet/objects.ts';
import { fieldsAt, numberOf } from '../traffic/reading.ts';
import { type Cluster, ownedBy, tell } from './cluster.ts';
import { comparable, type Wanted } from './rollout.ts';

/** The sets of a Deployment: the one of its present template, and the others, oldest revision first. */
export interface Revisions {
  readonly newest: KubeObject | null;
  readonly old: readonly KubeObject[];
}

const revisionName = 'deployment.kubernetes.io/revision';

/** The number of a set's or a Deployment's revision; 0 where it has none. */
export const revisionOf = (object: KubeObject): number =>
  Number(object.metadata.annotations?.[revisionName] ?? 0) || 0;

/** The set whose template is the Deployment's; the oldest where several are. */
export function findNewest(deployment: KubeObject, sets: readonly KubeObject[]): KubeObject | null {
  const template = comparable(fieldsAt(deployment, 'spec')['template']);
  const same = sets.filter((set) =>
    isDeepStrictEqual(comparable(fieldsAt(set, 'spec')['template']), template),
  );
  return (
    same.toSorted((left, right) =>
      left.metadata.creationTimestamp < right.metadata.creationTimestamp ? -1 : 1,
    )[0] ?? null
  );
}

/** Makes the set of the present template, still empty. */
export function makeRevision({ store }: Cluster, deployment: KubeObject, { old }: Revisions): KubeObject {
  const { name, namespace = '' } = deployment.metadata;
  const spec = fieldsAt(deployment, 'spec');
  const template = fieldsAt(spec, 'template');
  const hash = nameHash(`${namespace}/${name}/${stable(comparable(template))}`, 10);
  const labels = { ...fieldsAt(template, 'metadata', 'labels'), 'pod-template-hash': hash };
  const selector = fieldsAt(spec, 'selector');
  return store.put({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: {
        ...copied(deployment),
        [revisionName]: String(Math.max(0, ...old.map(revisionOf)) + 1),
      },
      ownerReferences: [ownedBy(deployment)],
    },
    spec: {
      replicas: 0,
      ...(spec['minReadySeconds'] === undefined ? {} : { minReadySeconds: spec['minReadySeconds'] }),
      selector: {
        ...selector,
        matchLabels: { ...fieldsAt(selector, 'matchLabels'), 'pod-template-hash': hash },
      },
      template: { ...template, metadata: { ...fieldsAt(template, 'metadata'), labels } },
    },
    status: { replicas: 0 },
  });
}

/** What a set takes over from its Deployment: everything but what is said of the Deployment alone. */
function copied(deployment: KubeObject): Record<string, string> {
  const { annotations = {} } = deployment.metadata;
  const own = [
    'kubectl.kubernetes.io/last-applied-configuration',
    revisionName,
    'deprecated.deployment.rollback.to',
  ];
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !own.includes(name)));
}

/** Gives a set another size, and notes for how many instances in all that was. */
export function resize(
  cluster: Cluster,
  deployment: KubeObject,
  set: KubeObject,
  size: number,
  wanted: Wanted,
): void {
  const { store } = cluster;
  const current = store.get('replicasets', set.metadata.namespace ?? null, set.metadata.name);
  if (current === undefined) return;
  const before = numberOf(fieldsAt(current, 'spec')['replicas']) ?? 1;
  const noted = {
    'deployment.kubernetes.io/desired-replicas': String(wanted.replicas),
    'deployment.kubernetes.io/max-replicas': String(wanted.replicas + wanted.maxSurge),
  };
  // An emptied set is left as it is, as is one that has no notes and keeps its size.
  if (
    before === size &&
    (size === 0 || current.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'] === undefined)
  )
    return;
  store.put({
    ...current,
    metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, ...noted } },
    spec: { ...fieldsAt(current, 'spec'), replicas: size },
  });
  if (before === size) return;
  const way = size > before ? 'up' : 'down';
  tell(cluster, deployment, {
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message: `Scaled ${way} replica set ${set.metadata.name} from ${before} to ${size}`,
    component: 'deployment-controller',
  });
}

/** Old sets without pods beyond the history that is kept go. */
export function removeOldest({ store }: Cluster, { old }: Revisions, history: number): void {
  const empty = old.filter(
    (set) => fieldsAt(set, 'spec')['replicas'] === 0 && fieldsAt(set, 'status')['replicas'] === 0,
  );
  for (const set of empty.slice(0, Math.max(0, empty.length - history)))
    store.remove('replicasets', set.metadata.namespace ?? null, set.metadata.name);
}

/** The same text for the same value, whatever the order of its fields. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}

import type {
  InstanceObservation,
  ServiceObservation,
  TopologyObservation,
  WorkloadObservation,
} from '../../model/topology.ts';
import { type KubeObject, labelsOf, mapAt, namespaceOf, timeAt } from '../kube/objects.ts';
import { controllerOf, hostsOf, isGateway, ownerOf, versionOf } from './identity.ts';
import { instanceFrom, readinessOf } from './instances.ts';
import { type Selecting, workloadFrom, workloadOfPods } from './workloads.ts';

/** What the API server holds; a kind that cannot be read is empty and named in `unread`. */
export interface ClusterObjects {
  readonly services: Iterable<KubeObject>;
  readonly workloads: Iterable<KubeObject>;
  readonly replicaSets: Iterable<KubeObject>;
  readonly slices: Iterable<KubeObject>;
  readonly pods: Iterable<KubeObject>;
  readonly podsRead: boolean;
}

/** Folds the cluster's objects into services, what runs them, and its running copies. */
export function topologyOf(
  objects: ClusterObjects,
  observedAt: number,
  problems: readonly string[],
): TopologyObservation {
  const services: ServiceObservation[] = [];
  const selecting = new Map<string, Selecting[]>();
  for (const service of objects.services) {
    const namespace = namespaceOf(service);
    const { name } = service.metadata;
    // The API server's own Service: every cluster has it, and no service calls it to work.
    if (namespace === 'default' && name === 'kubernetes') continue;
    services.push({
      namespace,
      name,
      kind: isGateway(service) ? 'gateway' : 'service',
      hosts: hostsOf(namespace, name),
      owner: ownerOf(service),
      createdAt: timeAt(service, 'metadata', 'creationTimestamp'),
    });
    group(selecting, namespace).push({ name, selector: mapAt(service, 'spec', 'selector') });
  }

  const replicaSets = new Map<string, KubeObject>();
  const revisions = new Map<string, KubeObject[]>();
  for (const set of objects.replicaSets) {
    replicaSets.set(set.metadata.uid, set);
    const owner = controllerOf(set);
    if (owner !== null) group(revisions, owner.uid).push(set);
  }

  const { instances, made } = instancesOf(objects, replicaSets);
  const workloads: WorkloadObservation[] = [];
  const declared = new Set<string>();
  for (const object of objects.workloads) {
    const key = workloadKey(namespaceOf(object), object);
    declared.add(key);
    workloads.push(
      workloadFrom(
        object,
        selecting.get(namespaceOf(object)) ?? [],
        objects.podsRead ? (made.get(key)?.instances ?? []) : null,
        revisions.get(object.metadata.uid) ?? [],
      ),
    );
  }
  for (const [key, { owner, pods, instances: own }] of made) {
    if (declared.has(key)) continue;
    const namespace = pods[0] === undefined ? '' : namespaceOf(pods[0]);
    const workload = workloadOfPods(owner, pods, own, selecting.get(namespace) ?? []);
    if (workload !== null) workloads.push(workload);
  }
  return {
    observedAt,
    services: withOwners(services, workloads, objects.workloads),
    workloads,
    instances,
    problems: [...problems],
  };
}

interface Made {
  readonly owner: { readonly kind: string; readonly name: string };
  readonly pods: KubeObject[];
  readonly instances: InstanceObservation[];
}

function instancesOf(
  objects: ClusterObjects,
  replicaSets: ReadonlyMap<string, KubeObject>,
): { instances: InstanceObservation[]; made: Map<string, Made> } {
  const readiness = readinessOf(objects.slices);
  const instances: InstanceObservation[] = [];
  const made = new Map<string, Made>();
  for (const pod of objects.pods) {
    const owner = workloadOwner(pod, replicaSets);
    const instance = instanceFrom(pod, owner?.name ?? null, versionOf(labelsOf(pod)), readiness);
    if (instance === null) continue;
    instances.push(instance);
    if (owner === null) continue;
    const key = workloadKey(namespaceOf(pod), { kind: owner.kind, metadata: owner });
    const entry = made.get(key) ?? { owner, pods: [], instances: [] };
    entry.pods.push(pod);
    entry.instances.push(instance);
    made.set(key, entry);
  }
  return { instances, made };
}

/** By name and not by uid: where ReplicaSets cannot be read, a pod does not say its Deployment's uid. */
const workloadKey = (
  namespace: string,
  object: { readonly kind: string; readonly metadata: { readonly name: string } },
): string => `${namespace}/${object.kind}/${object.metadata.name}`;

/** The controller of the pod; of its ReplicaSet where that has one. */
function workloadOwner(
  pod: KubeObject,
  replicaSets: ReadonlyMap<string, KubeObject>,
): { kind: string; name: string; uid: string } | null {
  const owner = controllerOf(pod);
  if (owner === null || owner.kind !== 'ReplicaSet') return owner;
  const set = replicaSets.get(owner.uid);
  if (set !== undefined) return controllerOf(set) ?? owner;
  // ReplicaSets cannot be read: their names are the Deployment's and the hash of its template.
  const hash = labelsOf(pod).get('pod-template-hash');
  if (hash === undefined || !owner.name.endsWith(`-${hash}`)) return owner;
  return { kind: 'Deployment', name: owner.name.slice(0, -hash.length - 1), uid: owner.uid };
}

/** A Service that names no owner has that of a workload it selects. */
function withOwners(
  services: readonly ServiceObservation[],
  workloads: readonly WorkloadObservation[],
  objects: Iterable<KubeObject>,
): ServiceObservation[] {
  const owners = new Map<string, string>();
  for (const object of objects) {
    const owner = ownerOf(object);
    if (owner !== null) owners.set(`${namespaceOf(object)}/${object.metadata.name}`, owner);
  }
  const byService = new Map<string, string>();
  for (const workload of workloads) {
    const owner = owners.get(`${workload.namespace}/${workload.name}`);
    if (owner === undefined) continue;
    for (const { namespace, name } of workload.services) {
      if (!byService.has(`${namespace}/${name}`)) byService.set(`${namespace}/${name}`, owner);
    }
  }
  return services.map((service) => ({
    ...service,
    owner: service.owner ?? byService.get(`${service.namespace ?? ''}/${service.name}`) ?? null,
  }));
}

function group<T>(map: Map<string, T[]>, key: string): T[] {
  const found = map.get(key);
  if (found !== undefined) return found;
  const fresh: T[] = [];
  map.set(key, fresh);
  return fresh;
}

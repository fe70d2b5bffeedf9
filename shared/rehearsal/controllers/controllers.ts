import { nameHash } from '../fleet/objects.ts';
import { markDeleted } from '../kube/termination.ts';
import type { KubeObject, ObjectStore, StoreEvent } from '../kube/store.ts';
import { fieldsAt, listAt, selects } from '../traffic/reading.ts';
import { createAutoscaler } from './autoscaler.ts';
import { type Cluster, controllerOf, selectorMatches, waitingName } from './cluster.ts';
import { reconcileDeployment } from './deployments.ts';
import { reconcileSlice } from './endpointSlices.ts';
import { createKubelet } from './kubelet.ts';
import { reloadUsersOf } from './reloader.ts';
import { reconcileReplicaSet } from './replicaSets.ts';

/** The cluster's own workers: what they do follows from what is written into the store, and from time. */
export interface Controllers {
  /** Lets the time up to `atMs` (epoch ms) happen. */
  step(atMs: number): void;
  close(): void;
}

/** Work that makes work ends; a cluster whose objects contradict each other would go on for ever. */
const longestRound = 50;
const ownedKinds = ['replicasets', 'pods', 'endpointslices'] as const;

/** Controllers and kubelets for the objects of a store. They begin at rest: what is there is taken for settled. */
export function createControllers(store: ObjectStore, options: { readonly startAt: number }): Controllers {
  let at = options.startAt;
  let named = 0;
  const dirty = new Map<string, { readonly resource: string; readonly object: KubeObject }>();
  const timers = new Map<
    string,
    { readonly at: number; readonly resource: string; readonly object: KubeObject }
  >();

  const mark = (resource: string, object: KubeObject): void =>
    void dirty.set(waitingName(resource, object), { resource, object });
  const cluster: Cluster = {
    store,
    now: () => at,
    letters: (length) => nameHash(`${options.startAt} ${(named += 1)}`, length),
    lookAgain(object, dueAt) {
      const resource = plurals[object.kind];
      if (resource === undefined) return;
      const name = waitingName(resource, object);
      const known = timers.get(name);
      if (known === undefined || known.at > dueAt || known.at <= at)
        timers.set(name, { at: dueAt, resource, object });
    },
  };
  const kubelet = createKubelet(cluster);
  const autoscale = createAutoscaler(cluster);

  const notice = (event: StoreEvent): void => {
    const { resource, object, type, previous } = event;
    switch (resource) {
      case 'deployments':
      case 'replicasets':
      case 'services':
      case 'horizontalpodautoscalers':
        mark(resource, object);
        break;
      case 'pods':
        noticePod(event);
        break;
      case 'configmaps':
      case 'secrets':
        if (type === 'MODIFIED' && contentOf(object) !== contentOf(previous)) mark(resource, object);
        break;
    }
    const owner = controllerOf(object);
    if (owner !== null && resource === 'replicasets') {
      const found = store.get('deployments', object.metadata.namespace ?? null, owner.name);
      if (found !== undefined) mark('deployments', found);
    }
    if (
      type === 'DELETED' &&
      (resource === 'deployments' || resource === 'replicasets' || resource === 'services')
    )
      collect(object);
  };

  const noticePod = ({ type, object, previous }: StoreEvent): void => {
    if (type !== 'DELETED') kubelet.watch(object);
    const seen = [object, ...(previous === undefined ? [] : [previous])];
    const namespace = object.metadata.namespace ?? '';
    const owners = new Set(seen.map((pod) => controllerOf(pod)?.uid));
    for (const set of store.list('replicasets', namespace)) {
      const selector = fieldsAt(set, 'spec', 'selector');
      const mine = owners.has(set.metadata.uid);
      if (mine || seen.some((pod) => selectorMatches(selector, pod.metadata.labels ?? {})))
        mark('replicasets', set);
    }
    for (const service of store.list('services', namespace)) {
      const selector = fieldsAt(service, 'spec', 'selector');
      if (seen.some((pod) => selects(selector, pod.metadata.labels ?? {}))) mark('services', service);
    }
  };

  /** What belonged to something that is gone goes too. */
  const collect = (gone: KubeObject): void => {
    const namespace = gone.metadata.namespace ?? '';
    for (const resource of ownedKinds) {
      for (const object of store.list(resource, namespace)) {
        const owned = listAt(object, 'metadata', 'ownerReferences').some(
          (owner) => fieldsAt(owner)['uid'] === gone.metadata.uid,
        );
        const mine =
          owned ||
          (gone.kind === 'Service' &&
            resource === 'endpointslices' &&
            object.metadata.labels?.['kubernetes.io/service-name'] === gone.metadata.name);
        if (!mine) continue;
        if (resource === 'pods') markDeleted(store, object, at);
        else store.remove(resource, namespace, object.metadata.name);
      }
    }
  };

  const reconcile = (resource: string, object: KubeObject): void => {
    const present = store.get(resource, object.metadata.namespace ?? null, object.metadata.name);
    if (present === undefined) return;
    switch (resource) {
      case 'deployments':
        return reconcileDeployment(cluster, present);
      case 'replicasets':
        return reconcileReplicaSet(cluster, present);
      case 'services':
        return reconcileSlice(cluster, present);
      case 'horizontalpodautoscalers':
        return autoscale(present);
      case 'configmaps':
      case 'secrets':
        return reloadUsersOf(cluster, present);
    }
  };

  const unsubscribe = store.subscribe(notice);
  for (const autoscaler of store.list('horizontalpodautoscalers'))
    mark('horizontalpodautoscalers', autoscaler);

  return {
    step(atMs) {
      at = Math.max(at, atMs);
      for (const [name, timer] of timers) {
        if (timer.at > at) continue;
        timers.delete(name);
        mark(timer.resource, timer.object);
      }
      for (let round = 0; round < longestRound; round += 1) {
        kubelet.step();
        const due = [...dirty.values()];
        if (due.length === 0) return;
        dirty.clear();
        for (const { resource, object } of due) reconcile(resource, object);
      }
    },
    close: unsubscribe,
  };
}

const plurals: Readonly<Record<string, string | undefined>> = {
  Deployment: 'deployments',
  ReplicaSet: 'replicasets',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers',
};

const contentOf = (object: KubeObject | undefined): string =>
  JSON.stringify([object?.['data'] ?? null, object?.['binaryData'] ?? null]);

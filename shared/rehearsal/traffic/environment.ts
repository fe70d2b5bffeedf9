import type { KubeObject, ObjectStore } from '../kube/store.ts';
import { fieldsAt, listAt, textOf, textsOf, type Fields } from './reading.ts';

/** The environment of each pod's program, which is fixed when it starts: what a ConfigMap says later is not in it. */
export interface Environments {
  /** Keeps what pods that run by now started with, and forgets those that are gone. */
  note(): void;
  /** By the pod's `namespace/name`; null for a pod that has not started, and for a variable that it does not have. */
  valueOf(podId: string, variable: string): string | null;
}

interface Started {
  readonly uid: string;
  readonly variables: ReadonlyMap<string, string>;
}

/** Environments of the pods in `store`. */
export function createEnvironments(store: ObjectStore): Environments {
  const started = new Map<string, Started>();
  return {
    note() {
      const present = new Set<string>();
      for (const pod of store.list('pods')) {
        const id = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
        present.add(id);
        const { uid } = pod.metadata;
        if (started.get(id)?.uid === uid || fieldsAt(pod, 'status')['phase'] !== 'Running') continue;
        started.set(id, { uid, variables: environmentOf(store, pod) });
      }
      for (const id of started.keys()) if (!present.has(id)) started.delete(id);
    },
    valueOf: (podId, variable) => started.get(podId)?.variables.get(variable) ?? null,
  };
}

/** Of the program's own container, the first; Secrets are left out, as nothing of the fleet's programs hangs on them. */
function environmentOf(store: ObjectStore, pod: KubeObject): ReadonlyMap<string, string> {
  const { namespace } = pod.metadata;
  const container = listAt(pod, 'spec', 'containers')[0];
  const mapOf = (reference: Fields): Readonly<Record<string, string>> => {
    const name = textOf(reference['name']);
    const map = name === null ? undefined : store.get('configmaps', namespace ?? null, name);
    return textsOf(fieldsAt(map, 'data'));
  };
  const variables = new Map<string, string>();
  for (const source of listAt(container, 'envFrom').map((one) => fieldsAt(one))) {
    const prefix = textOf(source['prefix']) ?? '';
    for (const [key, value] of Object.entries(mapOf(fieldsAt(source, 'configMapRef'))))
      variables.set(`${prefix}${key}`, value);
  }
  // What is written one by one wins over what comes as a whole.
  for (const one of listAt(container, 'env').map((each) => fieldsAt(each))) {
    const name = textOf(one['name']);
    const reference = fieldsAt(one, 'valueFrom', 'configMapKeyRef');
    const value = textOf(one['value']) ?? mapOf(reference)[textOf(reference['key']) ?? ''];
    if (name !== null && value !== undefined) variables.set(name, value);
  }
  return variables;
}

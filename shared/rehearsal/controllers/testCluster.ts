import { createObjectStore, type KubeInput, type KubeObject, type ObjectStore } from '../kube/store.ts';
import { fieldsAt, listAt, numberOf, textOf, type Fields } from '../traffic/reading.ts';
import { createControllers } from './controllers.ts';

/** A namespace with the controllers at work, whose time the test moves. */
export interface WorkedCluster {
  readonly store: ObjectStore;
  now(): number;
  /** Lets seconds pass, half a second at a time. */
  pass(seconds: number): void;
  deployment(name?: string): KubeObject;
  /** Writes the Deployment's spec as an operator would. */
  change(spec: Fields, name?: string): void;
  /** Pods that are not on their way out, by name. */
  pods(labels?: Readonly<Record<string, string>>): readonly KubeObject[];
  /** Revision → how many instances its set asks for. */
  revisions(name?: string): Readonly<Record<string, number>>;
  counts(name?: string): Readonly<Record<string, number>>;
  /** Type → "status reason". */
  conditions(name?: string): Readonly<Record<string, string>>;
}

const startAt = 1_800_000_000_000;

/** The Deployment that the tests change. */
export const orderDeployment = (replicas: number, spec: Fields = {}): KubeInput => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'order', namespace: 'shop' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'order' } },
    template: templateOf('shop/order:1'),
    ...spec,
  },
});

/** A pod template with one container of this image. */
export const templateOf = (image: string, annotations: Readonly<Record<string, string>> = {}): Fields => ({
  metadata: { labels: { app: 'order', version: 'v1' }, annotations },
  spec: { containers: [{ name: 'order', image }] },
});

/** Starts it with one Deployment, its Service, and everything ready. */
export function openWorkedCluster(deployment: KubeInput = orderDeployment(4)): WorkedCluster {
  let now = startAt;
  const store = createObjectStore({ now: () => now });
  const controllers = createControllers(store, { startAt });
  const reading = (name = 'order'): KubeObject => {
    const found = store.get('deployments', 'shop', name);
    if (found === undefined) throw new Error(`there is no Deployment ${name}`);
    return found;
  };
  const cluster: WorkedCluster = {
    store,
    now: () => now,
    pass(seconds) {
      for (let passed = 0; passed < seconds * 2; passed += 1) controllers.step((now += 500));
    },
    deployment: reading,
    change(spec, name) {
      const current = reading(name);
      store.put({ ...current, spec: { ...fieldsAt(current, 'spec'), ...spec } }, { manager: 'kubectl' });
    },
    pods: (labels = {}) =>
      store
        .list('pods', 'shop')
        .filter(({ metadata }) => metadata['deletionTimestamp'] === undefined)
        .filter(({ metadata }) =>
          Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value),
        ),
    revisions: (name = 'order') =>
      Object.fromEntries(
        store
          .list('replicasets', 'shop')
          .filter((set) => fieldsAt(listAt(set, 'metadata', 'ownerReferences')[0])['name'] === name)
          .map((set) => [
            set.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? '',
            numberOf(fieldsAt(set, 'spec')['replicas']) ?? 0,
          ]),
      ),
    counts: (name) =>
      Object.fromEntries(
        Object.entries(fieldsAt(reading(name), 'status')).filter(
          (entry): entry is [string, number] => typeof entry[1] === 'number',
        ),
      ),
    conditions: (name) =>
      Object.fromEntries(
        listAt(reading(name), 'status', 'conditions')
          .map((one) => fieldsAt(one))
          .map((one) => [textOf(one['type']) ?? '', `${String(one['status'])} ${String(one['reason'])}`]),
      ),
  };
  store.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  store.put({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'order', namespace: 'shop' },
    spec: { selector: { app: 'order' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  });
  store.put(deployment, { manager: 'kubectl' });
  cluster.pass(10);
  return cluster;
}

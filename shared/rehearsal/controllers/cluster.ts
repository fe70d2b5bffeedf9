import type { KubeObject, ObjectStore } from '../kube/store.ts';
import { fieldsAt, listAt, textOf, type Fields } from '../traffic/reading.ts';

/** What every controller works on: the objects, the time of this step, and letters for names. */
export interface Cluster {
  readonly store: ObjectStore;
  /** Epoch ms. */
  readonly now: () => number;
  /** Letters as Kubernetes puts behind names; never the same twice. */
  readonly letters: (length: number) => string;
  /** Looks at this object again then, whether anything changed or not. */
  readonly lookAgain: (object: KubeObject, atMs: number) => void;
}

/** The controllers that are told from people in `managedFields`. */
export const controllerManager = 'kube-controller-manager';

/** `deployments shop/order`: how a waiting object is remembered. */
export const waitingName = (resource: string, object: KubeObject): string =>
  `${resource} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;

/** The owner that decides over an object; null for an orphan. */
export function controllerOf(object: KubeObject): { readonly uid: string; readonly name: string } | null {
  for (const owner of listAt(object, 'metadata', 'ownerReferences')) {
    const { uid, name, controller } = fieldsAt(owner);
    if (controller === true && typeof uid === 'string') return { uid, name: textOf(name) ?? '' };
  }
  return null;
}

/** The entry in `ownerReferences` that says "this one decides over me". */
export const ownedBy = ({ apiVersion, kind, metadata }: KubeObject): Fields => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** Whether an object is on its way out. */
export const isLeaving = (object: KubeObject): boolean => object.metadata['deletionTimestamp'] !== undefined;

/** Whether labels answer a LabelSelector; one that asks for nothing answers for nobody here. */
export function selectorMatches(selector: Fields, labels: Readonly<Record<string, string>>): boolean {
  const pairs = Object.entries(fieldsAt(selector, 'matchLabels'));
  const expressions = listAt(selector, 'matchExpressions').map((one) => fieldsAt(one));
  if (pairs.length + expressions.length === 0) return false;
  return (
    pairs.every(([name, value]) => labels[name] === value) &&
    expressions.every((one) => expressionMatches(one, labels))
  );
}

function expressionMatches(expression: Fields, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[textOf(expression['key']) ?? ''];
  const values = listAt(expression, 'values');
  switch (expression['operator']) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/** When a condition of this type became what it is; null where it is not true. */
export function trueSince(object: KubeObject, type: string): number | null {
  for (const condition of listAt(object, 'status', 'conditions').map((one) => fieldsAt(one))) {
    if (condition['type'] !== type || condition['status'] !== 'True') continue;
    const at = Date.parse(textOf(condition['lastTransitionTime']) ?? '');
    return Number.isFinite(at) ? at : 0;
  }
  return null;
}

/** Writes the status, and annotations of the object where given: the server counts neither as a new generation. */
export function writeStatus(
  { store }: Cluster,
  object: KubeObject,
  status: Fields,
  annotations?: Readonly<Record<string, string>>,
): KubeObject {
  const metadata = annotations === undefined ? object.metadata : { ...object.metadata, annotations };
  return store.put({ ...object, metadata, status }, { manager: controllerManager, subresource: 'status' });
}

/** Writes an event, as controllers do about what they did. */
export function tell(
  { store, now, letters }: Cluster,
  about: KubeObject,
  event: {
    readonly type: 'Normal' | 'Warning';
    readonly reason: string;
    readonly message: string;
    readonly component: string;
  },
): void {
  const at = new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const { name, namespace = 'default', uid } = about.metadata;
  store.put({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${letters(16)}`, namespace },
    involvedObject: { kind: about.kind, apiVersion: about.apiVersion, namespace, name, uid },
    type: event.type,
    reason: event.reason,
    message: event.message,
    source: { component: event.component },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  });
}

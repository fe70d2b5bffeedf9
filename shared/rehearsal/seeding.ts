import { withDefaults } from './kube/defaults.ts';
import type { KubeInput, KubeObject, ObjectStore } from './kube/store.ts';
import { fieldsAt, listAt, textOf } from './traffic/reading.ts';

/** What people write; the rest is made by the cluster's own controllers. */
const applied: ReadonlySet<string> = new Set([
  'ConfigMap',
  'Deployment',
  'DestinationRule',
  'HTTPRoute',
  'HorizontalPodAutoscaler',
  'Ingress',
  'Secret',
  'Service',
  'ServiceAccount',
  'ServiceEntry',
  'VirtualService',
]);

/**
 * Puts a fleet's objects into the store, and gives references the uids that the store dealt out: clients join pods,
 * replica sets and endpoints by those.
 */
export function seedStore(store: ObjectStore, objects: readonly KubeInput[]): void {
  const stored = new Map<string, KubeObject>();
  const uidOf = (kind: unknown, namespace: unknown, name: unknown): string | undefined =>
    stored.get(`${String(kind)}/${String(namespace)}/${String(name)}`)?.metadata.uid;
  for (const object of objects) {
    const { namespace, name } = object.metadata;
    const owners = listAt(object, 'metadata', 'ownerReferences').map((owner) => {
      const fields = fieldsAt(owner);
      // An owner that is not kept here, a Flagger Canary say, has the uid that was written.
      return { ...fields, uid: uidOf(fields['kind'], namespace, fields['name']) ?? fields['uid'] ?? '' };
    });
    const whole = {
      ...object,
      metadata: { ...object.metadata, ...(owners.length > 0 ? { ownerReferences: owners } : {}) },
      ...referencesOf(object, uidOf),
    };
    const put = store.put(
      withDefaults(whole),
      applied.has(object.kind) ? { manager: 'kubectl-client-side-apply' } : {},
    );
    stored.set(`${object.kind}/${String(namespace)}/${name}`, put);
  }
}

function referencesOf(
  object: KubeInput,
  uidOf: (kind: unknown, namespace: unknown, name: unknown) => string | undefined,
): Record<string, unknown> {
  const withUid = (reference: unknown): Record<string, unknown> => {
    const fields = fieldsAt(reference);
    const uid = uidOf(fields['kind'], fields['namespace'], textOf(fields['name']));
    return { ...fields, ...(uid === undefined ? {} : { uid }) };
  };
  switch (object.kind) {
    case 'EndpointSlice':
      return {
        endpoints: listAt(object, 'endpoints').map((endpoint) => ({
          ...fieldsAt(endpoint),
          targetRef: withUid(fieldsAt(endpoint)['targetRef']),
        })),
      };
    case 'Event':
      return { involvedObject: withUid(object['involvedObject']) };
    default:
      return {};
  }
}

import { isDeepStrictEqual } from 'node:util';
import { nameHash } from '../fleet/objects.ts';
import type { KubeObject } from '../kube/store.ts';
import { fieldsAt, listAt, numberOf, selects, textOf, type Fields } from '../traffic/reading.ts';
import { type Cluster, isLeaving, trueSince } from './cluster.ts';

/** Writes down which pods stand behind a Service, in one slice: by their labels, with their readiness. */
export function reconcileSlice({ store }: Cluster, service: KubeObject): void {
  const selector = fieldsAt(service, 'spec', 'selector');
  if (Object.keys(selector).length === 0) return;
  const { name, namespace = '' } = service.metadata;
  const known = store
    .list('endpointslices', namespace)
    .find((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name);
  const pods = store
    .list('pods', namespace)
    .filter((pod) => selects(selector, pod.metadata.labels ?? {}) && addressOf(pod) !== null);
  const endpoints = pods.map(endpointOf);
  // Slices carry no order; what did not change must not look like a change.
  const before = listAt(known, 'endpoints').toSorted(byName);
  if (isDeepStrictEqual(before, endpoints.toSorted(byName))) return;
  const ports = listAt(service, 'spec', 'ports').map((port) => {
    const { name: portName, targetPort, port: number, protocol } = fieldsAt(port);
    return {
      ...(portName === undefined ? {} : { name: portName }),
      port: numberOf(targetPort) ?? number,
      protocol: protocol ?? 'TCP',
    };
  });
  store.put({
    ...(known ?? {}),
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: known?.metadata ?? {
      name: `${name}-${nameHash(`${namespace}/${name}`, 5)}`,
      namespace,
      labels: {
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [
        { apiVersion: 'v1', kind: 'Service', name, uid: service.metadata.uid, controller: true },
      ],
    },
    addressType: 'IPv4',
    endpoints,
    ports: known === undefined ? ports : (known['ports'] ?? ports),
  });
}

const addressOf = (pod: KubeObject): string | null => textOf(fieldsAt(pod, 'status')['podIP']);

function endpointOf(pod: KubeObject): Fields {
  const ready = trueSince(pod, 'Ready') !== null;
  const leaving = isLeaving(pod);
  const { name, namespace, uid } = pod.metadata;
  return {
    addresses: [addressOf(pod) ?? ''],
    conditions: { ready: ready && !leaving, serving: ready, terminating: leaving },
    nodeName: textOf(fieldsAt(pod, 'spec')['nodeName']) ?? '',
    targetRef: { kind: 'Pod', name, namespace, uid },
  };
}

const byName = (left: unknown, right: unknown): number =>
  String(fieldsAt(left, 'targetRef')['name']) < String(fieldsAt(right, 'targetRef')['name']) ? -1 : 1;

import type { KubeInput } from '../kube/store.ts';
import { timeOf } from './time.ts';

/** Where a pod runs. */
export interface PodPlace {
  readonly node: string;
  readonly address: string;
}

/** Deals out nodes in turn and addresses in order, those before `from` being somebody else's. */
export function createPlaces(nodes: readonly string[], from = 0): () => PodPlace {
  let count = from;
  return () => {
    const node = nodes[count % nodes.length] ?? 'node-1';
    const address = `10.${20 + Math.floor(count / 60_000)}.${Math.floor(count / 250) % 240}.${(count % 250) + 2}`;
    count += 1;
    return { node, address };
  };
}

/** A running, ready pod. */
export function podOf(pod: {
  readonly namespace: string;
  readonly name: string;
  /** Its ReplicaSet. */
  readonly owner: string;
  readonly service: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly object[];
  readonly resources: object;
  /** Of the Deployment's template. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly sidecar: boolean;
  readonly restarts: number;
  readonly startedAt: number;
  readonly place: PodPlace;
}): KubeInput {
  const startedAt = timeOf(pod.startedAt);
  const proxy = 'docker.io/istio/proxyv2:1.27.1';
  const state = (name: string, image: string, restarts: number): object => ({
    name,
    image,
    ready: true,
    started: true,
    restartCount: restarts,
    state: { running: { startedAt: restarts > 0 ? timeOf(pod.startedAt + 1_500_000) : startedAt } },
    ...(restarts > 0
      ? {
          lastState: {
            terminated: {
              exitCode: 137,
              reason: 'OOMKilled',
              startedAt,
              finishedAt: timeOf(pod.startedAt + 1_490_000),
            },
          },
        }
      : {}),
  });
  const condition = (type: string): object => ({ type, status: 'True', lastTransitionTime: startedAt });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      labels: pod.labels,
      annotations: pod.sidecar
        ? {
            'prometheus.io/scrape': 'true',
            'prometheus.io/port': '15020',
            'prometheus.io/path': '/stats/prometheus',
            ...pod.annotations,
          }
        : pod.annotations,
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: pod.owner, uid: '', controller: true },
      ],
      creationTimestamp: startedAt,
    },
    spec: {
      serviceAccountName: pod.service,
      nodeName: pod.place.node,
      containers: [
        { name: pod.service, image: pod.image, ports: pod.ports, resources: pod.resources },
        ...(pod.sidecar ? [{ name: 'istio-proxy', image: proxy }] : []),
      ],
    },
    status: {
      phase: 'Running',
      podIP: pod.place.address,
      podIPs: [{ ip: pod.place.address }],
      hostIP: '10.0.0.4',
      startTime: startedAt,
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
      containerStatuses: [
        state(pod.service, pod.image, pod.restarts),
        ...(pod.sidecar ? [state('istio-proxy', proxy, 0)] : []),
      ],
    },
  };
}

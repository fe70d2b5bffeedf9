import type { LogContainer, LogInstance } from '../../../model/log.ts';
import {
  annotationsOf,
  at,
  type KubeObject,
  listAt,
  namespaceOf,
  numberAt,
  textAt,
} from '../../kube/objects.ts';

/** What kubectl takes where no container is named. */
const usualAnnotation = 'kubectl.kubernetes.io/default-container';
/** Proxies that meshes put beside applications. */
const proxies: ReadonlySet<string> = new Set([
  'istio-proxy',
  'linkerd-proxy',
  'consul-dataplane',
  'envoy-sidecar',
]);

/** A pod with its containers: those of the application first, then what stands beside it, then what ran before it. */
export function logInstanceOf(pod: KubeObject): LogInstance {
  const named = annotationsOf(pod).get(usualAnnotation);
  const statuses = [
    ...listAt(pod, 'status', 'containerStatuses'),
    ...listAt(pod, 'status', 'initContainerStatuses'),
  ];
  const containers = [
    ...listAt(pod, 'spec', 'containers').map((one) => [one, null] as const),
    ...listAt(pod, 'spec', 'initContainers').map((one) => [one, textAt(one, 'restartPolicy')] as const),
  ].flatMap(([one, restartPolicy], position): LogContainer[] => {
    const name = textAt(one, 'name');
    if (name === null) return [];
    const status = statuses.find((each) => textAt(each, 'name') === name);
    const isMain = position < listAt(pod, 'spec', 'containers').length;
    // An init container that is restarted always is a sidecar in Kubernetes' own sense.
    const kind =
      !isMain && restartPolicy !== 'Always' ? 'init' : !isMain || proxies.has(name) ? 'sidecar' : 'app';
    return [{ name, kind, state: stateOf(status), restarts: numberAt(status, 'restartCount') }];
  });
  const order = ['app', 'sidecar', 'init'];
  const sorted = [...containers].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return {
    namespace: namespaceOf(pod),
    name: pod.metadata.name,
    uid: pod.metadata.uid,
    containers: sorted,
    usual: sorted.find(({ name }) => name === named)?.name ?? sorted[0]?.name ?? null,
  };
}

function stateOf(status: unknown): string | null {
  if (at(status, 'state', 'running') !== undefined) return 'running';
  const waiting = textAt(status, 'state', 'waiting', 'reason');
  if (waiting !== null) return `waiting: ${waiting}`;
  const ended = at(status, 'state', 'terminated');
  return ended === undefined ? null : `ended: ${sayEnd(ended)}`;
}

/** "OOMKilled, exit code 137". */
export function sayEnd(terminated: unknown): string {
  const reason = textAt(terminated, 'reason');
  const code = numberAt(terminated, 'exitCode');
  return [reason, code === null ? null : `exit code ${code}`].filter((part) => part !== null).join(', ');
}

/** How often a container was started anew and how its last run ended; null where the pod does not know it. */
export function runOf(
  pod: KubeObject,
  container: string,
): { readonly restarts: number; readonly isRunning: boolean; readonly lastEnd: string } | null {
  const all = [
    ...listAt(pod, 'status', 'containerStatuses'),
    ...listAt(pod, 'status', 'initContainerStatuses'),
  ];
  const status = all.find((one) => textAt(one, 'name') === container);
  const restarts = numberAt(status, 'restartCount');
  if (restarts === null) return null;
  const ended = at(status, 'lastState', 'terminated');
  return {
    restarts,
    isRunning: at(status, 'state', 'running') !== undefined,
    lastEnd: ended === undefined ? '' : sayEnd(ended),
  };
}

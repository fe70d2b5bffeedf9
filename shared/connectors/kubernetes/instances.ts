import type { InstanceObservation } from '../../model/topology.ts';
import { at, type KubeObject, listAt, namespaceOf, numberAt, textAt, timeAt } from '../kube/objects.ts';
import { quantityOf } from '../kube/quantity.ts';

/** Whether an instance takes traffic, by its uid, as the endpoint slices say. */
export type Readiness = ReadonlyMap<string, boolean>;

/** Folds slices: an endpoint may be in several, and is ready when any says so. Absent conditions count as ready. */
export function readinessOf(slices: Iterable<KubeObject>): Readiness {
  const ready = new Map<string, boolean>();
  for (const slice of slices) {
    for (const endpoint of listAt(slice, 'endpoints')) {
      const uid = textAt(endpoint, 'targetRef', 'uid');
      if (uid === null) continue;
      const says = at(endpoint, 'conditions', 'ready') !== false;
      ready.set(uid, says || ready.get(uid) === true);
    }
  }
  return ready;
}

/** One pod as an instance; null for one that has finished and runs nothing any more. */
export function instanceFrom(
  pod: KubeObject,
  workload: string | null,
  version: string | null,
  readiness: Readiness,
): InstanceObservation | null {
  const phase = textAt(pod, 'status', 'phase');
  if (phase === 'Succeeded') return null;
  // Evicted pods stay as records until somebody clears them away.
  if (
    phase === 'Failed' &&
    /^(Evicted|Shutdown|NodeShutdown|Terminated)$/.test(textAt(pod, 'status', 'reason') ?? '')
  )
    return null;
  const ready = readiness.get(pod.metadata.uid) ?? conditionOf(pod, 'Ready')?.status === 'True';
  const staying = stayingOf(pod);
  const names = staying.map((container) => textAt(container, 'name'));
  const statuses = [
    ...listAt(pod, 'status', 'containerStatuses'),
    ...listAt(pod, 'status', 'initContainerStatuses').filter((one) => names.includes(textAt(one, 'name'))),
  ];
  const restarts = statuses
    .map((status) => numberAt(status, 'restartCount'))
    .filter((count) => count !== null);
  const ended = statuses
    .map((status) => timeAt(status, 'lastState', 'terminated', 'finishedAt'))
    .filter((time) => time !== null);
  return {
    namespace: namespaceOf(pod),
    name: pod.metadata.name,
    uid: pod.metadata.uid,
    workload,
    version,
    ready,
    reason: ready ? null : reasonOf(pod, statuses),
    restarts: restarts.length === 0 ? null : restarts.reduce((sum, count) => sum + count, 0),
    lastRestartAt: ended.length === 0 ? null : Math.max(...ended),
    startedAt: timeAt(pod, 'status', 'startTime'),
    node: textAt(pod, 'spec', 'nodeName'),
    ...addressOf(pod),
    ...lastEndOf(statuses),
    limits: [...listAt(pod, 'spec', 'containers'), ...staying].map((container) => ({
      name: textAt(container, 'name') ?? '',
      cpuRequestCores: quantityOf(textAt(container, 'resources', 'requests', 'cpu')),
      cpuLimitCores: quantityOf(textAt(container, 'resources', 'limits', 'cpu')),
      memoryRequestBytes: quantityOf(textAt(container, 'resources', 'requests', 'memory')),
      memoryLimitBytes: quantityOf(textAt(container, 'resources', 'limits', 'memory')),
    })),
  };
}

/** Sidecars that Kubernetes knows as such: they begin first and stay, so they use and are held to limits like any other. */
const stayingOf = (pod: KubeObject): readonly unknown[] =>
  listAt(pod, 'spec', 'initContainers').filter(
    (container) => textAt(container, 'restartPolicy') === 'Always',
  );

/** A kill for memory is not hidden by what ended within this after it. */
const killTellsMs = 60 * 60_000;

function lastEndOf(statuses: readonly unknown[]): Pick<InstanceObservation, 'lastEnd'> {
  const ends = statuses.flatMap((status) => {
    const ended = [at(status, 'lastState', 'terminated'), at(status, 'state', 'terminated')];
    return ended.flatMap((one) => {
      const reason = textAt(one, 'reason');
      if (reason === null) return [];
      const container = textAt(status, 'name') ?? '';
      return [{ container, reason, exitCode: numberAt(one, 'exitCode'), at: timeAt(one, 'finishedAt') }];
    });
  });
  const [last, ...earlier] = ends.sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
  if (last === undefined) return {};
  const killed = [last, ...earlier].find(
    ({ reason, at: end }) => reason === 'OOMKilled' && end !== null && (last.at ?? end) - end < killTellsMs,
  );
  return { lastEnd: killed ?? last };
}

/** Pods on their node's network share its address, which then tells nothing of them. */
function addressOf(pod: KubeObject): { address?: string } {
  const address = textAt(pod, 'status', 'podIP');
  return address === null || at(pod, 'spec', 'hostNetwork') === true ? {} : { address };
}

function reasonOf(pod: KubeObject, statuses: readonly unknown[]): string | null {
  if (at(pod, 'metadata', 'deletionTimestamp') !== undefined) return 'Terminating';
  for (const status of [...listAt(pod, 'status', 'initContainerStatuses'), ...statuses]) {
    const waiting = textAt(status, 'state', 'waiting', 'reason');
    const said = textAt(status, 'state', 'waiting', 'message');
    // These two only say that it has not started yet.
    if (waiting !== null && waiting !== 'ContainerCreating' && waiting !== 'PodInitializing')
      return said === null ? waiting : `${waiting}: ${said.slice(0, 200)}`;
  }
  for (const status of statuses) {
    const terminated = textAt(status, 'state', 'terminated', 'reason');
    if (terminated !== null) return terminated;
  }
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return scheduled.message ?? scheduled.reason ?? 'Not scheduled';
  const running = statuses.find((status) => at(status, 'state', 'running') !== undefined);
  if (running !== undefined && at(running, 'ready') === false)
    return `Readiness: container ${textAt(running, 'name') ?? ''} is not ready`;
  const ready = conditionOf(pod, 'Ready');
  return ready?.message ?? ready?.reason ?? textAt(pod, 'status', 'reason') ?? textAt(pod, 'status', 'phase');
}

function conditionOf(
  pod: KubeObject,
  type: string,
): { status: string | null; reason: string | null; message: string | null } | null {
  const found = listAt(pod, 'status', 'conditions').find((condition) => textAt(condition, 'type') === type);
  if (found === undefined) return null;
  return {
    status: textAt(found, 'status'),
    reason: textAt(found, 'reason'),
    message: textAt(found, 'message'),
  };
}
